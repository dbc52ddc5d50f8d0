from .classifier import MLPClassifier
from .display import LossCurveDisplay
from .regressor import MLPRegressor

__all__ = ["LossCurveDisplay", "MLPClassifier", "MLPRegressor"]
