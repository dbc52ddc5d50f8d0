"""Competitors that fail, warn, stop, and note what is done with them."""

import os
import signal
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning

CALLS = []  # (name, number of rows) of each fit in this process


class Constant(RegressorMixin, BaseEstimator):
    """Predicts a number; scores are `constant` if `scoring` is `predicted`."""

    def __init__(self, constant=0.0, name=""):
        self.constant = constant
        self.name = name

    def fit(self, X, y=None, sample_weight=None):
        CALLS.append((self.name, len(X)))
        self.weights_ = sample_weight
        self.constant_ = float(self.constant)
        return self

    def predict(self, X):
        return np.full(len(X), self.constant_)


class Failing(Constant):
    """Raises in the fits whose first training row is as `where` says."""

    def __init__(self, where="always"):
        self.where = where

    def fit(self, X, y):
        if self.where == "always" or X[0][0] > 0:
            raise RuntimeError("\x1b[31mno\nway <b>")
        self.constant_ = 0.0
        return self


class FailsToPredict(Constant):
    def predict(self, X):
        raise ZeroDivisionError("no prediction")


class SeveralRowsOnly(Constant):
    """Needs several rows to predict, and cannot be looked into."""

    def predict(self, X):
        if len(X) < 2:
            raise ValueError("one row only")
        return super().predict(X)

    @property
    def coef_(self):
        raise OSError("not here")

    def __getstate__(self):
        raise TypeError("no pickle")

    def __sklearn_clone__(self):
        return type(self)()


class ReturnsNothing(Constant):
    def fit(self, X, y):
        super().fit(X, y)


class Warning_(Constant):
    def fit(self, X, y):
        for _ in range(3):
            warnings.warn("did not converge", ConvergenceWarning, stacklevel=2)
        return super().fit(X, y)


class Slotted(Constant):
    """Has a method that takes the place of what is set on the instance."""

    @property
    def predict(self):
        return super().predict


class Interrupting(Constant):
    """Gets a Ctrl-C in one of its fits, and makes of it what `swallows` says."""

    def __init__(self, at=0, swallows="nothing"):
        self.at = at
        self.swallows = swallows

    def fit(self, X, y):
        CALLS.append(("interrupting", len(X)))
        errors = {"nothing": (), "KeyboardInterrupt": KeyboardInterrupt, "all": BaseException}
        self.constant_ = 0.0
        try:
            if sum(name == "interrupting" for name, _ in CALLS) == self.at + 1:
                os.kill(os.getpid(), signal.SIGINT)
        except errors[self.swallows]:
            warnings.warn("Training interrupted by user.", stacklevel=2)
        except KeyboardInterrupt:
            raise
        return self


class Chained(ClassifierMixin, BaseEstimator):
    """`predict` calls `predict_proba`."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class NoClone(Constant):
    """Changes its argument, which scikit-learn refuses to clone."""

    def __init__(self, constant=0):
        self.constant = [constant]


class NoTags:
    """Has what an estimator needs, and is of no kind that scikit-learn knows."""

    def get_params(self, deep=True):
        return {}

    def fit(self, X, y):
        return self


def predicted(estimator, X, y=None):
    """A scorer: the first prediction."""
    return float(estimator.predict(X)[0])


class Opaque(Constant):
    """Holds what no Spec describes and no guess can count."""

    def fit(self, X, y):
        self.model_ = Thing(3)
        return super().fit(X, y)


class Thing(np.random.PCG64):
    """Keeps its numbers in compiled memory."""
