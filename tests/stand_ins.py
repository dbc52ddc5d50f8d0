"""Classes that store what they learn as third-party classes do, without their packages."""

import threading
import time

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import Ridge


def data(n=60, p=4, seed=0):
    """Rows, and a target."""
    rng = np.random.RandomState(seed)
    X = rng.standard_normal((n, p))
    return X, X @ np.arange(1.0, p + 1) + 0.1 * rng.standard_normal(n)


class _Compiled:
    """Holds numbers where only its own code reads them, as objects of C++ do."""

    __slots__ = ("__weakref__", "_call")

    def __init__(self, call):
        self._call = call

    def __call__(self, X):
        return self._call(X)

    def __reduce_ex__(self, protocol):
        raise TypeError("cannot pickle a compiled object")

    def __deepcopy__(self, memo):
        return self


class Opaque(RegressorMixin, BaseEstimator):
    """All is in compiled memory, as CatBoost's is; says nothing about being fitted."""

    def __init__(self, scale=1.0):
        self.scale = scale

    def fit(self, X, y):
        """Keep the means where nobody sees them."""
        mean = float(np.mean(y)) * self.scale
        self._object = _Compiled(lambda X: np.full(len(X), mean))
        return self

    def predict(self, X):
        """Return the mean."""
        return self._object(X)


class PlainWeights(RegressorMixin, BaseEstimator):
    """Keeps ``self.w``, without an underscore."""

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, X, y):
        """Ridge without an intercept."""
        self.w = np.linalg.solve(X.T @ X + self.alpha * np.eye(X.shape[1]), X.T @ y)
        return self

    def predict(self, X):
        """Linear."""
        return X @ self.w


class PrivateFlag(PlainWeights):
    """Says that it is fitted by ``_is_fitted_``."""

    def fit(self, X, y):
        """As before."""
        super().fit(X, y)
        self._is_fitted_ = True
        return self


class Slotted:
    """Has no ``__dict__``."""

    __slots__ = ("weights_",)

    def get_params(self, deep=True):
        """No hyperparameters."""
        return {}

    def fit(self, X, y):
        """Least squares."""
        self.weights_ = np.linalg.lstsq(X, y)[0]
        return self

    def predict(self, X):
        """Linear."""
        return X @ self.weights_


class MyRidge(Ridge):
    """A known class that keeps more; 4 known numbers on 3 features, 303 guessed."""

    def fit(self, X, y, sample_weight=None):
        """Keep quantiles of the training rows too."""
        super().fit(X, y, sample_weight)
        self.train_quantiles_ = np.quantile(X, np.linspace(0, 1, 101), axis=0)
        return self


class Tempered(Ridge):
    """A subclass whose own scalar decides what it predicts."""

    def fit(self, X, y, sample_weight=None):
        """Fit and set a temperature."""
        super().fit(X, y, sample_weight)
        self.temperature_scale_ = 2.0
        return self

    def predict(self, X):
        """Scaled predictions."""
        return super().predict(X) * self.temperature_scale_


class Additive(RegressorMixin, BaseEstimator):
    """The model is in ``term_scores_``, as that of an explainable boosting machine."""

    def fit(self, X, y):
        """A step function for each feature."""
        self.bins_ = [np.quantile(column, [0.25, 0.5, 0.75]) for column in X.T]
        self.term_scores_ = [
            np.array([y[np.digitize(c, b) == k].mean() / X.shape[1] for k in range(4)])
            for c, b in zip(X.T, self.bins_, strict=True)
        ]
        return self

    def predict(self, X):
        """The sum of the terms."""
        pairs = zip(X.T, self.bins_, self.term_scores_, strict=True)
        return sum(s[np.digitize(c, b)] for c, b, s in pairs)


class Neighbor(RegressorMixin, BaseEstimator):
    """A home-made nearest neighbor, which keeps its rows."""

    def fit(self, X, y):
        """Keep the rows."""
        self.rows_, self.targets_ = np.array(X), np.array(y)
        return self

    def predict(self, X):
        """The target of the nearest row."""
        apart = ((np.asarray(X)[:, None] - self.rows_[None]) ** 2).sum(axis=-1)
        return self.targets_[apart.argmin(axis=1)]


class ChangesItself(BaseEstimator):
    """Adds the rows to predict to what it keeps, as pyod's ECOD does."""

    def fit(self, X, y=None):
        """Keep the rows."""
        self.X_train = X.copy()
        self.decision_scores_ = self.decision_function(X)
        return self

    def decision_function(self, X):
        """Shares of kept rows below; keeps the new rows too."""
        if X is not self.X_train:
            self.X_train = np.concatenate([self.X_train, X])
        return np.array([(self.X_train <= row).mean() for row in X])


class Clocked(PlainWeights):
    """Keeps times, a lock and a cache: two fits differ in them, and predict the same."""

    def fit(self, X, y):
        """As before."""
        super().fit(X, y)
        self.fitted_at_ = time.perf_counter()
        return self


class Tabled(RegressorMixin, BaseEstimator):
    """Keeps objects of pandas, as category_encoders do."""

    def fit(self, X, y):
        """Means of the target by the rounded first column."""
        import pandas as pd

        frame = pd.DataFrame({"key": np.round(X[:, 0]), "y": y})
        self.mapping = {"first": frame.groupby("key")["y"].mean()}
        self.table_ = pd.DataFrame({"a": [1.0, 2.0], "name": ["x", "y"]})
        return self

    def predict(self, X):
        """Looked up."""
        return self.mapping["first"].reindex(np.round(X[:, 0])).fillna(0.0).to_numpy()


class RaisingProperty(PlainWeights):
    """A property raises."""

    @property
    def coef_(self):
        """Raises."""
        raise RuntimeError("no coefficients")


class Unpickled(PlainWeights):
    """Cannot be pickled or copied."""

    def __reduce_ex__(self, protocol):
        raise RuntimeError("cannot be pickled")


class RefersToItself(PlainWeights):
    """Its attributes refer to itself."""

    def fit(self, X, y):
        """As before."""
        super().fit(X, y)
        self.self_ = self
        self.loop_ = [self]
        self.loop_.append(self.loop_)
        return self


class HalfFitted(ClassifierMixin, BaseEstimator):
    """Its fit stops before the coefficients are there."""

    def fit(self, X, y):
        """Stop half way."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Raises, as nothing was learned."""
        return self.classes_[(X @ self.coef_ > 0).astype(int)]


class Locked(PlainWeights):
    """Holds a lock, which no pickle can keep."""

    def fit(self, X, y):
        """As before."""
        super().fit(X, y)
        self.lock_ = threading.Lock()
        return self
