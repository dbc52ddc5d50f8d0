"""Multi-layer perceptrons."""

from skparams.neural_network.classifier import MLPClassifier
from skparams.neural_network.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
