"""Which paths ``ignore`` names."""

import pytest

from skparams._walk import ignored_paths

PATHS = [
    *("scaler__mean_", "pca__mean_", "mlp__coefs_[0]", "mlp__coefs_[1]", "mlp__alpha"),
    *("best_estimator___tree__tree_.value", "estimators_[3]__coef_"),
]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("mean_", PATHS[:2]),
        ("pca__mean_", PATHS[1:2]),
        ("coefs_", PATHS[2:4]),
        ("coefs_[1]", PATHS[3:4]),
        ("mlp", PATHS[2:5]),
        ("alpha", PATHS[4:5]),
        ("tree_", PATHS[5:6]),
        ("tree__tree_.value", PATHS[5:6]),
        ("best_estimator_", PATHS[5:6]),
        ("estimators_", PATHS[6:]),
    ],
)
def test_an_entry_is_a_name_or_a_path_and_stands_for_all_in_it(entry, found):
    assert ignored_paths("summary", [entry], PATHS) == set(found)


def test_an_entry_that_matches_nothing_is_refused():
    for entry in ("mean", "ean_", "pca__coefs_", "", "SKP001"):
        with pytest.raises(ValueError, match=f"summary: ignore has '{entry}'"):
            ignored_paths("summary", ["mean_", entry], PATHS)
    assert ignored_paths("summary", ["SKP001"], PATHS, codes=("SKP001",)) == set()


def test_a_text_is_no_collection_of_names():
    with pytest.raises(TypeError, match="must be a collection of names"):
        ignored_paths("diff", "mean_", PATHS)
