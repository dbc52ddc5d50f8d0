"""Models of packages that no Spec describes: guesses are marked, and rows lower no count."""

import numpy as np
import pytest

from skparams import count_params, kept_rows, plan, summary
from skparams.specs import Unknown

pytestmark = pytest.mark.filterwarnings("ignore")


def numbers():
    import pandas as pd

    return pd.DataFrame(np.random.RandomState(0).standard_normal((60, 4)), columns=list("abcd"))


def imputer():
    imputation = pytest.importorskip("feature_engine.imputation")
    return imputation.MeanMedianImputer(), numbers()


def winsorizer():
    outliers = pytest.importorskip("feature_engine.outliers")
    return outliers.Winsorizer(), numbers()


def strings():
    pd = pytest.importorskip("pandas")
    skrub = pytest.importorskip("skrub")
    texts = ["good film", "bad film", "a thing", "xy z"] * 15
    return skrub.StringEncoder(n_components=3), pd.Series(texts, name="text")


def modes():
    kmodes = pytest.importorskip("kmodes.kmodes")
    X = np.random.RandomState(0).randint(0, 3, (60, 3))
    return kmodes.KModes(2, n_init=1, random_state=0), X


def prototypes():
    kmodes = pytest.importorskip("kmodes.kprototypes")
    X = np.random.RandomState(0).randint(0, 3, (60, 3)).astype(object)
    X[:, 0] = np.random.RandomState(1).standard_normal(60)
    return kmodes.KPrototypes(2, n_init=1, random_state=0), X


@pytest.mark.parametrize("make", [imputer, winsorizer, strings, modes, prototypes])
def test_guesses_are_marked(make):
    model, X = make()
    assert isinstance(plan(model, X).totals.stored, Unknown)
    model.fit(X, **({"categorical": [1, 2]} if make is prototypes else {}))
    alone, with_rows = summary(model).totals, summary(model, X).totals
    for found in (alone, with_rows):
        assert not found.exact
        assert isinstance(found.free, Unknown)
    assert isinstance(alone.stored, Unknown) or with_rows.stored >= alone.stored > 0
    assert count_params(model, kind="free") is None
    with pytest.raises(TypeError):
        bool(kept_rows(model))


def test_medians_of_columns_without_gaps():
    model, X = imputer()
    assert count_params(model.fit(X)) == 4
    assert summary(model, X).totals.stored == 4
