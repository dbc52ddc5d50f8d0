import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class TableEncoder(TransformerMixin, BaseEstimator):
    def __init__(self, categorical_features="from_dtype", max_categories=255):
        self.categorical_features = categorical_features
        self.max_categories = max_categories

    def fit(self, X, y=None):
        X = np.asarray(X, float)
        self.m = np.median(X, axis=0)
        q = np.percentile(X, [25, 75], axis=0)
        s = q[1] - q[0]
        r = (X.max(0) - X.min(0)) / 2
        s = np.where(s == 0, r, s)
        s[s == 0] = 1
        self.s = s
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        Z = (np.asarray(X, float) - self.m) / self.s
        return (Z / np.sqrt(1 + (Z / 3) ** 2)).astype(np.float32)
