"""The Specs compared with what probing proves, for every estimator of scikit-learn."""

import pickle

import numpy as np
import pytest

from skparams import probe
from skparams._probe import METHODS
from skparams.specs import ROLES
from tests.all_estimators import each_estimator, fitted

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")

# What is used though its role says otherwise, and why the role stays.
_OF_TRANSFORM = "counts are of the classifier; transform needs them beside it"
_OF_DENSITY = "counts are of transform; score_samples is the density of a probabilistic PCA"
REASONS = {
    ("LinearDiscriminantAnalysis", "scalings_"): _OF_TRANSFORM,
    ("LinearDiscriminantAnalysis", "xbar_"): _OF_TRANSFORM,
    ("PCA", "explained_variance_"): _OF_DENSITY,
    ("PCA", "noise_variance_"): _OF_DENSITY,
}
# Estimators that cannot transform what they can be fitted on.
_POSITIVE = ("SkewedChi2Sampler",)


@each_estimator
def test_what_is_used_has_a_role_that_inference_needs(name):
    for estimator, X, _ in fitted(name):
        if name in _POSITIVE:
            X = np.abs(X)
        before = pickle.dumps((estimator, X))
        if not any(hasattr(estimator, method) for method in METHODS):
            with pytest.raises(ValueError, match="has none of the methods"):
                probe(estimator, X)
            continue
        found = probe(estimator, X, max_calls=100_000)
        assert pickle.dumps((estimator, X)) == before
        wrong = {
            (row.estimator, row.path.rpartition("__")[2] or row.path) for row in found.surprising
        }
        assert wrong <= set(REASONS)
        assert {row.role for row in found.attributes} <= set(ROLES)
        assert found.restored
        assert not any("max_calls" in row.reason for row in found.not_tried)
        assert len({row.path for row in found.attributes}) == len(found.attributes)
