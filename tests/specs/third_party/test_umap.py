"""UMAP: places that are learned for the training rows, which are kept."""

import copy

import numpy as np
import pytest

from skparams import assert_same_model, count_params, kept_rows, plan, slim, summary
from skparams.specs import Unknown
from tests.specs.checks import check_roles

umap = pytest.importorskip("umap")
pytestmark = pytest.mark.filterwarnings("ignore")


def test_umap():  # one test, as each process compiles for half a minute
    X = np.random.RandomState(0).standard_normal((80, 4))
    model = umap.UMAP(n_components=3, n_neighbors=5, n_epochs=10, random_state=0, n_jobs=1)
    assert summary(model).root.status == "not fitted"
    assert plan(model, X).totals.stored == 80 * 3
    model.fit(X)
    check_roles(model)
    found = summary(model).totals
    assert found.stored == 80 * 3
    assert isinstance(found.free, Unknown)
    assert found.exact
    assert [(place.path, place.rows) for place in kept_rows(model).places] == [("_raw_data", 80)]
    other = copy.deepcopy(model)
    assert_same_model(other, model)
    other.embedding_[5, 1] += 1e-3
    with pytest.raises(AssertionError, match="embedding_"):
        assert_same_model(other, model)
    small = slim(model)
    assert count_params(small) == count_params(model)
    np.testing.assert_array_equal(small.transform(X[:7] + 0.1), model.transform(X[:7] + 0.1))
