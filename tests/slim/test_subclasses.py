"""A subclass from elsewhere may predict from what the known class keeps for training only."""

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from skparams import assert_same_model, slim, summary
from skparams.specs import Unknown
from tests.stand_ins import Tempered, data

X, Y = data()


class Weighted(MLPRegressor):
    """Predicts with a diagnostic."""

    def predict(self, X):
        """Network and last loss."""
        return super().predict(X) * self.loss_curve_[-1]


class Renamed(MLPRegressor):
    """Adds nothing that predicts."""

    def describe(self):
        """Some text."""
        return "a network"


def fitted(cls):
    return cls(hidden_layer_sizes=(3,), max_iter=20, random_state=0, tol=1e3).fit(X, Y)


def test_slim_keeps_what_its_predict_may_read():
    model = fitted(Weighted)
    slimmed, report = slim(model, X, return_report=True)
    np.testing.assert_array_equal(slimmed.predict(X), model.predict(X))
    assert report.guessed == ("Weighted",)
    np.testing.assert_array_equal(slim(model).predict(X), model.predict(X))
    assert not hasattr(slim(fitted(Renamed)), "loss_curve_")


def test_what_its_predict_may_read_is_compared():
    one, two = fitted(Weighted), fitted(Weighted)
    assert_same_model(one, two)
    two.loss_curve_[-1] += 1
    with pytest.raises(AssertionError, match="loss_curve_"):
        assert_same_model(one, two)
    one, two = fitted(Renamed), fitted(Renamed)
    two.loss_curve_[-1] += 1
    assert_same_model(one, two)


def test_no_formula_holds_for_a_method_of_its_own():
    found = summary(Tempered().fit(X, Y), X)
    assert isinstance(found.effective, Unknown)
    assert "Tempered has its own" in found.effective.reason
