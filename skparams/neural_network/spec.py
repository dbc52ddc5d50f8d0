"""What inspection knows of the perceptrons: the same as of scikit-learn's."""

from __future__ import annotations

from typing import Any

from sklearn.base import ClassifierMixin

from skparams.specs import Spec, spec_named

__all__ = ["perceptron"]


def perceptron(estimator: Any) -> Spec:
    """Return the Spec of scikit-learn's class of the same name."""
    kind = "Classifier" if isinstance(estimator, ClassifierMixin) else "Regressor"
    return spec_named(f"sklearn.neural_network.MLP{kind}")
