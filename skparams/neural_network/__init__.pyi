from .activations import LEAK, SELU_ALPHA, SELU_SCALE
from .classifier import MLPClassifier
from .display import LossCurveDisplay
from .network import EPSILON, normalization_of
from .regressor import MLPRegressor

__all__ = [
    "EPSILON",
    "LEAK",
    "SELU_ALPHA",
    "SELU_SCALE",
    "LossCurveDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "normalization_of",
]
