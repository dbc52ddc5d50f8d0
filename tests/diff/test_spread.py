"""How far several models are apart, against NumPy over the stacked parameters."""

import copy
import json

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LassoCV, LogisticRegression, Ridge
from sklearn.model_selection import cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skparams import fitted_params, spread

X, Y = make_classification(90, 5, random_state=0)


@pytest.fixture
def folds():
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return cross_validate(model, X, Y, cv=4, return_estimator=True)["estimator"]


def test_against_numpy(folds):
    rows = {row.path: row for row in spread(folds).parameters}
    assert rows.keys() == fitted_params(folds[0]).keys()
    for path, row in rows.items():
        stacked = np.stack([fitted_params(model)[path] for model in folds])
        mean, std = stacked.mean(axis=0), stacked.std(axis=0)
        assert row.mean == pytest.approx(mean.mean())
        assert row.std == pytest.approx(np.sqrt((std**2).mean()))
        assert row.relative == pytest.approx(np.linalg.norm(std) / np.linalg.norm(mean))
        assert row.largest == pytest.approx(std.max())
        assert row.sign_changes == np.sum((stacked > 0).any(axis=0) & (stacked < 0).any(axis=0))
        assert (row.n_models, row.shapes, row.nonfinite) == (4, (mean.shape,), 0)


def test_the_same_models_do_not_vary(folds):
    found = spread([folds[0], copy.deepcopy(folds[0]), folds[0]])
    assert [row.std for row in found.parameters] == [0.0] * 4
    assert not found.hyperparameters


def test_what_was_chosen_otherwise():
    models = [Ridge(alpha=alpha).fit(X, Y) for alpha in (1.0, 2.0, 1.0)]
    (varied,) = spread(models).hyperparameters
    assert (varied.path, varied.values) == ("alpha", ("1.0", "2.0", "1.0"))
    models = [LassoCV(cv=2).fit(X[i:], Y[i:]) for i in (0, 40)]
    (varied,) = spread(models).hyperparameters
    assert varied.path == "alpha_"
    assert varied.values == tuple(repr(float(f"{model.alpha_:.6g}")) for model in models)


def test_classes_that_are_not_the_same_are_reported(folds):
    labels = np.arange(90) % 3
    models = [
        make_pipeline(StandardScaler(), LogisticRegression()).fit(X, np.array([*names])[labels])
        for names in ("abc", "abc", "abz")
    ]
    found = spread(models)
    assert found.different_structure == ("logisticregression__classes_",)
    assert "models differ in logisticregression__classes_" in str(found)
    assert spread(models[:2]).different_structure == spread(folds).different_structure == ()
    assert "models differ in" not in str(spread(folds))
    binary = LogisticRegression().fit(X, Y)
    assert spread([binary, models[0][1]]).different_structure == ("classes_",)
    assert spread([binary, Ridge().fit(X, Y)]).different_structure == ()
    rows = [KNeighborsClassifier(algorithm="kd_tree").fit(X[i:], Y[i:]) for i in (0, 1)]
    assert spread(rows).different_structure == ()


def test_values_that_look_the_same_vary_too():
    priors = [np.full(8, 1 / 8), np.r_[0.5, np.full(7, 0.5 / 7)]]
    (varied,) = spread([GaussianNB(priors=priors[i]) for i in (0, 1, 0)]).hyperparameters
    plain = "array of float64, shape (8,)"
    assert varied.values == (plain, f"{plain}: 8 of 8 differ", plain)
    functions = [lambda x: x, lambda x: x + 1, lambda x: x + 2]
    models = [FunctionTransformer(f) for f in [*functions, functions[0]]]
    (varied,) = spread(models).hyperparameters
    assert len({*varied.values}) == 3
    assert varied.values[0] == varied.values[3]
    assert varied.values[1] == "another function"
    assert not spread([Ridge(alpha=0.1), Ridge(alpha=np.float64(0.1))]).hyperparameters


def test_shapes_classes_and_fits_that_differ_are_shown():
    models = [PCA(2).fit(X), PCA(3).fit(X), Ridge().fit(X, Y), Ridge()]
    found = spread(models)
    rows = {row.path: row for row in found.parameters}
    assert rows["components_"].shapes == ((2, 5), (3, 5))
    assert rows["components_"].std is None
    assert rows["coef_"].n_models == 1
    text = str(found)
    assert "shapes differ" in text
    assert "3 of them fitted" in text
    assert "in 1 of 4" in text


def test_trees_that_one_model_has_do_not_vary():
    models = [RandomForestClassifier(3, random_state=0).fit(X, Y), LogisticRegression().fit(X, Y)]
    rows = {row.path: row for row in spread(models).parameters}
    for name in ("nodes of trees", "depth of trees", "coef_"):
        assert (rows[name].n_models, rows[name].mean, rows[name].std) == (1, None, None)


def test_defaults_that_come_or_go_with_a_class_are_counted():
    forest, line = RandomForestClassifier(3, n_jobs=1), LogisticRegression()
    found = spread([forest, line])
    names = forest.get_params().keys() ^ line.get_params().keys()
    assert {each.path for each in found.hyperparameters if None in each.values} == names
    text = str(found)
    assert "n_estimators" in text  # which is not the default
    assert "n_jobs" in text  # which both have
    assert "min_samples_leaf" not in text
    assert f"{len(names) - 1} hyperparameters at default, not in all models" in text
    found = spread([PCA(), PCA(), LogisticRegression()], ignore=["random_state", "tol"])
    n = len(found.hyperparameters)
    assert f"{n} hyperparameters at default, not in all models" in str(found)


def test_components_are_aligned_on_request():
    one = PCA(3).fit(X)
    two = copy.deepcopy(one)
    two.components_ = -two.components_[[2, 0, 1]]
    assert spread([one, two]).parameters[0].std > 0.1
    assert spread([one, two], align=True).parameters[0].std == 0


def test_numbers_that_are_not_finite_are_left_out():
    one = Ridge().fit(X, Y)
    two, three = copy.deepcopy(one), copy.deepcopy(one)
    two.coef_[1], three.coef_[:] = np.nan, np.inf
    row = spread([one, two]).parameters[0]
    assert (row.nonfinite, row.std) == (1, 0.0)
    assert spread([one, three]).parameters[0].std is None


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_extreme_numbers_do_not_warn(scale):
    one = Ridge().fit(X, Y)
    two = copy.deepcopy(one)
    one.coef_, two.coef_ = np.array([scale, -scale]), np.array([scale, scale])
    row = spread([one, two]).parameters[0]
    assert (row.mean, row.sign_changes, row.nonfinite) == (scale / 2, 1, 0)


def test_sizes_of_trees():
    models = [RandomForestClassifier(n, max_depth=n, random_state=0).fit(X, Y) for n in (1, 3)]
    nodes, depth = spread(models).parameters
    counts = [sum(tree.tree_.node_count for tree in model.estimators_) for model in models]
    assert (nodes.mean, nodes.std) == (np.mean(counts), np.std(counts))
    assert (depth.mean, depth.std) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("models", "error", "match"),
    [
        ([Ridge()], ValueError, "models must have at least 2 estimators, got 1"),
        ([Ridge(), 3], TypeError, r"models\[1\] must have fit"),
        (Ridge(), TypeError, "models must be a list of estimators, got Ridge"),
        (make_pipeline(PCA(), Ridge()), TypeError, "models must be a list .* got Pipeline"),
        ({"estimator": [Ridge(), Ridge()]}, TypeError, "got dict. Pass its 'estimator'"),
    ],
)
def test_what_is_no_list_of_models_is_named(models, error, match):
    with pytest.raises(error, match=match):
        spread(models)


def test_as_data(folds):
    found = spread(folds)
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame["path"]) == [row.path for row in found.parameters]
    given = json.loads(found.to_json())
    assert (given["kind"], given["n_fitted"]) == ("spread", 4)
    assert given["parameters"][0]["shapes"] == [[5]]
