from ._encoder.numbers import MAX_SCALED
from ._plot.loss_curve import LossCurveDisplay
from ._tabular.classifier import TabularMLPClassifier
from ._tabular.member import TabularNetwork
from ._tabular.regressor import TabularMLPRegressor
from .activations import ACTIVATIONS, LEAK, SELU_ALPHA, SELU_SCALE, Objective, elements
from .batches import Batches, Optimizer
from .classifier import MLPClassifier
from .history import History
from .network import EPSILON, Network, normalization_of
from .quantiles import (
    check_one_output,
    has_quantiles,
    median_column,
    quantile_levels,
    real_numbers,
)
from .regressor import MLPRegressor
from .training import NOT_FINITE, delete_attributes, set_attributes
from .weights import sample_weights, weighted_rows, weights_of_classes

__all__ = [
    "ACTIVATIONS",
    "EPSILON",
    "LEAK",
    "MAX_SCALED",
    "NOT_FINITE",
    "SELU_ALPHA",
    "SELU_SCALE",
    "Batches",
    "History",
    "LossCurveDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "Network",
    "Objective",
    "Optimizer",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "TabularNetwork",
    "check_one_output",
    "delete_attributes",
    "elements",
    "has_quantiles",
    "median_column",
    "normalization_of",
    "quantile_levels",
    "real_numbers",
    "sample_weights",
    "set_attributes",
    "weighted_rows",
    "weights_of_classes",
]
