"""An estimator of another package, which holds whatever it is given."""

from sklearn.base import BaseEstimator


class Anything(BaseEstimator):
    def __init__(self, hyperparameter=None):
        self.hyperparameter = hyperparameter

    def fit(self, X, y=None):
        self.value_ = X
        return self

    def predict(self, X):
        return self.value_


class Other(Anything):
    pass
