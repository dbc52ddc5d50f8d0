from ._tabular.classifier import TabularMLPClassifier
from ._tabular.member import TabularNetwork
from ._tabular.numbers import MAX_SCALED
from ._tabular.regressor import TabularMLPRegressor
from .activations import LEAK, SELU_ALPHA, SELU_SCALE
from .classifier import MLPClassifier
from .display import LossCurveDisplay
from .network import EPSILON, normalization_of
from .quantiles import median_column
from .regressor import MLPRegressor

__all__ = [
    "EPSILON",
    "LEAK",
    "MAX_SCALED",
    "SELU_ALPHA",
    "SELU_SCALE",
    "LossCurveDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "TabularNetwork",
    "median_column",
    "normalization_of",
]
