"""Rows of tables that nothing refers to, and histogram boosting with categories."""

import copy
import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from skparams import ParamsFileError, load_params, save_params
from skparams._keep.save import contents_of

container = pytest.importorskip("skparams._keep.container")
pytest.importorskip("safetensors")


def test_rows_that_nothing_refers_to_take_no_memory(tmp_path):
    """A table has as many rows as objects that refer to it, which is counted before it is read."""
    X = np.random.default_rng(0).random((30, 3))
    text, arrays = contents_of(
        RandomForestClassifier(3, random_state=0).fit(X, np.arange(30) % 2), False
    )
    text = json.loads(json.dumps(text))
    for place in range(len(text["tables"])):
        forged = copy.deepcopy(text)
        forged["tables"][place]["rows"] = 10**9
        container.write(tmp_path / "rows.safetensors", forged, arrays)
        with pytest.raises(ParamsFileError, match=r"1000000000 rows"):
            load_params(tmp_path / "rows.safetensors")


def test_histogram_boosting_with_categories_is_kept(tmp_path):
    X = np.random.default_rng(0).random((100, 4))
    X[:, 1] = np.arange(100) % 5
    model = HistGradientBoostingClassifier(max_iter=3, categorical_features=[1])
    model.fit(X, np.arange(100) % 3)
    save_params(model, tmp_path / "boosting.safetensors")
    found = load_params(tmp_path / "boosting.safetensors")
    np.testing.assert_array_equal(found.predict_proba(X), model.predict_proba(X))
