"""Multi-layer perceptrons."""

from skparams.neural_network.mlp import MLPClassifier, MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
