"""Bad input is an error that names the function and the argument, before the first fit."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skparams import CapacityCurveDisplay, capacity_curve

X, y = (each[:30] for each in load_diabetes(return_X_y=True))
CLASSES = np.arange(30) // 15


class Unfit(Ridge):
    """Not to be fitted."""

    def fit(self, X, y):
        """Fail the test."""
        raise AssertionError("it was fitted")


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"estimator": Ridge}, TypeError, "estimator must be an instance"),
        ({"estimator": 3}, TypeError, "estimator must have fit"),
        ({"X": 3}, TypeError, "X must be rows"),
        ({"y": None}, ValueError, "y must be given for Unfit, got None"),
        ({"y": y[:5]}, ValueError, "X, y and groups must have as many rows"),
        ({"groups": y[:5]}, ValueError, "X, y and groups must have as many rows"),
        ({"param_name": "beta"}, ValueError, "param_name must be a hyperparameter of Unfit"),
        ({"param_name": 3}, ValueError, "param_name must be a hyperparameter of Unfit"),
        ({"param_range": "abc"}, TypeError, "param_range must be values in an order"),
        ({"param_range": 3}, TypeError, "param_range must be values in an order"),
        ({"param_range": {1, 2}}, TypeError, "param_range must be values in an order"),
        ({"param_range": []}, ValueError, "param_range must have at least one value"),
        ({"cv": 1}, ValueError, "cv"),
        ({"cv": "five"}, ValueError, "cv must be None, an int, a splitter"),
        ({"cv": 31}, ValueError, "cv must split the rows"),
        ({"cv": []}, ValueError, "cv must have at least one split"),
        (
            {"cv": [(np.arange(5), np.arange(0))]},
            ValueError,
            "the test rows of split 0 .* at least one",
        ),
        (
            {"cv": [(np.arange(0), np.arange(5))]},
            ValueError,
            "the training rows of split 0 .* at least one",
        ),
        (
            {"cv": [(np.arange(5), [30])]},
            ValueError,
            "the test rows of split 0 .* below 30",
        ),
        ({"scoring": "r3"}, ValueError, "such as .*r2.*got .r3."),
        ({"scoring": ["r2"]}, TypeError, "scoring must be None, the name of one metric"),
        ({"loss": "log_loss"}, ValueError, "loss must be None, a callable, or one of neg_"),
        ({"loss": 3}, TypeError, "loss must be None"),
        ({"kind": "all"}, ValueError, "kind must be one of stored, free, nonzero, effective"),
        ({"error_score": "nan"}, ValueError, "error_score must be 'raise' or a number"),
        ({"params": [1]}, TypeError, "params must be None or a dict"),
        ({"n_jobs": 0}, ValueError, "n_jobs must be None or an int other than 0"),
        ({"n_jobs": 1.5}, TypeError, "n_jobs must be None or an int other than 0"),
    ],
)
def test_bad_input(changed, error, message):
    arguments = {"estimator": Unfit(), "X": X, "y": y, "param_name": "alpha", "param_range": [1.0]}
    with pytest.raises(error, match=f"^capacity_curve: .*{message}"):
        capacity_curve(**{**arguments, **changed})


def test_training_rows_of_one_class():
    tree = DecisionTreeClassifier()
    arguments = {"param_name": "max_depth", "param_range": [1]}
    with pytest.raises(
        ValueError, match="the training rows of split 0 of cv have one class only, 1"
    ):
        capacity_curve(tree, X, CLASSES, cv=KFold(2), **arguments)
    with pytest.raises(ValueError, match=r"y must have two classes or more, got 0\.0"):
        capacity_curve(tree, X, np.zeros((30, 1)), cv=3, **arguments)
    with pytest.raises(ValueError, match="cv must split the rows"):
        capacity_curve(tree, X, CLASSES, cv=StratifiedKFold(16), **arguments)


@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        ([0, 1, np.nan], float),
        (["a", "b", None], object),
        (["a", 1, 2], object),
        ([b"a", b"b", b"c"], "S"),
    ],
)
def test_labels_that_are_none(labels, dtype):
    y = np.array(labels, dtype=dtype)
    with pytest.raises((TypeError, ValueError), match=r"^capacity_curve: y must have labels"):
        capacity_curve(
            DecisionTreeClassifier(), X, y[np.arange(30) % 3], cv=2,
            param_name="max_depth", param_range=[1],
        )  # fmt: skip


def test_a_step_that_is_not_there():
    pipeline = make_pipeline(LinearRegression())
    message = re.escape("param_name must be a hyperparameter of Pipeline, got 'pca__n_components'")
    with pytest.raises(ValueError, match=message):
        capacity_curve(pipeline, X, y, param_name="pca__n_components", param_range=[1])


def test_a_scorer_that_returns_no_number():
    with pytest.raises(TypeError, match="scoring must return a number, got a dict"):
        capacity_curve(
            Ridge(), X, y, param_name="alpha", param_range=[1.0],
            scoring=lambda model, X, y: {"a": 1.0},
        )  # fmt: skip


def test_a_loss_that_fails():
    def loss(model, X, y):
        raise RuntimeError("no loss today")

    arguments = {"param_name": "alpha", "param_range": [1.0], "cv": 2}
    with pytest.warns(UserWarning, match="no loss today"):
        curve = capacity_curve(Ridge(), X, y, loss=loss, **arguments)
    assert np.isnan(curve.test_losses).all()
    assert np.isfinite(curve.test_scores).all()
    with pytest.raises(RuntimeError, match="no loss today"):
        capacity_curve(Ridge(), X, y, loss=loss, error_score="raise", **arguments)


@pytest.mark.parametrize(
    ("argument", "value"),
    [("metric", "gain"), ("score_type", "validation"), ("std_display_style", "box")],
)
def test_bad_arguments_of_the_plot(argument, value):
    """They are found before anything is fitted."""
    with pytest.raises(ValueError, match=f"plot: {argument} must be one of .*, got '{value}'"):
        CapacityCurveDisplay.from_estimator(
            Unfit(), X, y, param_name="alpha", param_range=[1.0], **{argument: value}
        )
