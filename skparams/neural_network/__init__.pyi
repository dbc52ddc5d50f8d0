from ._encoder.numbers import MAX_SCALED
from ._plot.loss_curve import LossCurveDisplay
from ._tabular.classifier import TabularMLPClassifier
from ._tabular.member import TabularNetwork
from ._tabular.regressor import TabularMLPRegressor
from .activations import ACTIVATIONS, LEAK, SELU_ALPHA, SELU_SCALE, Objective, elements
from .batches import UNUSED, Batches, Optimizer
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
from .regularization import check_batch, check_regularization, check_weights, dropout_rates
from .resume import NOT_LBFGS_BLOCKS, Checksums, Course, Resume, add_checksums, checksum
from .samples import EpochRows
from .training import (
    NOT_FINITE,
    PER_SHUFFLED,
    Training,
    batch_size,
    begin_training,
    delete_attributes,
    set_attributes,
    train,
)
from .validation import Data, check_validation, zero_weights_of_part
from .weights import sample_weights, value_counts, weighted_rows, weights_of_classes

__all__ = [
    "ACTIVATIONS",
    "EPSILON",
    "LEAK",
    "MAX_SCALED",
    "NOT_FINITE",
    "NOT_LBFGS_BLOCKS",
    "PER_SHUFFLED",
    "SELU_ALPHA",
    "SELU_SCALE",
    "UNUSED",
    "Batches",
    "Checksums",
    "Course",
    "Data",
    "EpochRows",
    "History",
    "LossCurveDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "Network",
    "Objective",
    "Optimizer",
    "Resume",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "TabularNetwork",
    "Training",
    "add_checksums",
    "batch_size",
    "begin_training",
    "check_batch",
    "check_one_output",
    "check_regularization",
    "check_validation",
    "check_weights",
    "checksum",
    "delete_attributes",
    "dropout_rates",
    "elements",
    "has_quantiles",
    "median_column",
    "normalization_of",
    "quantile_levels",
    "real_numbers",
    "sample_weights",
    "set_attributes",
    "train",
    "value_counts",
    "weighted_rows",
    "weights_of_classes",
    "zero_weights_of_part",
]
