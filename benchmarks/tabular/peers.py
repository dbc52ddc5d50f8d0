"""The models: each takes the DataFrame as it is, its own preparation in front of it.

All have ``random_state=0``, one thread, and otherwise the defaults of their package.
"""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier as TheirClassifier, MLPRegressor as TheirRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

import skparams
from skparams import MLPClassifier, MLPRegressor

OURS, BOOSTING, STOPPED, MLP = "tabular", "boosting", "boosting-stopped", "mlp"

LABELS = {
    OURS: "TabularMLP",
    BOOSTING: "HistGradientBoosting",
    STOPPED: "HistGradientBoosting, stopped early",
    MLP: "MLP, scaled",
    "sklearn-mlp": "scikit-learn's MLP, scaled",
    "linear": "logistic or ridge, scaled",
    "forest": "random forest",
    "lightgbm": "LightGBM",
    "xgboost": "XGBoost",
    "realmlp": "RealMLP-TD-S (pytabkit)",
}
_PACKAGES = {"lightgbm": "lightgbm", "xgboost": "xgboost", "realmlp": "pytabkit"}

_numbers = make_column_selector(dtype_exclude="category")
_categories = make_column_selector(dtype_include="category")


def missing() -> dict[str, str]:
    """Return the models that cannot be measured here, each with what is not installed."""
    absent = {name: package for name, package in _PACKAGES.items() if not find_spec(package)}
    if "TabularMLPClassifier" not in skparams.__all__:
        absent[OURS] = "skparams.TabularMLPClassifier"
    return absent


def models(
    names: tuple[str, ...], task: str, X: pd.DataFrame, y: np.ndarray
) -> dict[str, Pipeline]:
    """Return those models of a task that are named and installed, all of them without names.

    Each is a pipeline whose last step has the model's name.
    """
    absent = missing()
    wanted = [name for name in names or LABELS if name not in absent]
    return {name: _PIPELINES[name](name, task == "classification") for name in wanted}


def _scaled(name: str, model: BaseEstimator) -> Pipeline:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
    )
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    prepare = [("numbers", numbers, _numbers), ("categories", categories, _categories)]
    return Pipeline([("prepare", ColumnTransformer(prepare)), (name, model)])


def _network(name: str, classifier: BaseEstimator, regressor: BaseEstimator, classes: bool):
    """Networks get a scaled target too: their defaults are made for it."""
    scaled = TransformedTargetRegressor(regressor, transformer=StandardScaler())
    return _scaled(name, classifier if classes else scaled)


def _ours(name: str, classes: bool) -> Pipeline:
    cls = skparams.TabularMLPClassifier if classes else skparams.TabularMLPRegressor
    return Pipeline([(name, cls(random_state=0))])


def _boosting(name: str, classes: bool) -> Pipeline:
    cls = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    stopped = {"max_iter": 400, "learning_rate": 0.05, "early_stopping": True}
    arguments = stopped if name == STOPPED else {}
    return Pipeline([(name, cls(random_state=0, **arguments))])


def _mlp(name: str, classes: bool) -> Pipeline:
    return _network(name, MLPClassifier(random_state=0), MLPRegressor(random_state=0), classes)


def _their_mlp(name: str, classes: bool) -> Pipeline:
    return _network(name, TheirClassifier(random_state=0), TheirRegressor(random_state=0), classes)


def _linear(name: str, classes: bool) -> Pipeline:
    return _scaled(name, LogisticRegression(max_iter=1000) if classes else Ridge())


def _forest(name: str, classes: bool) -> Pipeline:
    cls = RandomForestClassifier if classes else RandomForestRegressor
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    prepare = ColumnTransformer([("codes", codes, _categories)], remainder="passthrough")
    return Pipeline([("prepare", prepare), (name, cls(random_state=0))])


def _lightgbm(name: str, classes: bool) -> Pipeline:
    from lightgbm import LGBMClassifier, LGBMRegressor

    cls = LGBMClassifier if classes else LGBMRegressor
    return Pipeline([(name, cls(random_state=0, n_jobs=1, verbose=-1))])


def _xgboost(name: str, classes: bool) -> Pipeline:
    from xgboost import XGBClassifier, XGBRegressor

    cls = XGBClassifier if classes else XGBRegressor
    return Pipeline([(name, cls(random_state=0, n_jobs=1, enable_categorical=True))])


def _realmlp(name: str, classes: bool) -> Pipeline:
    from pytabkit import RealMLP_TD_S_Classifier, RealMLP_TD_S_Regressor

    cls = RealMLP_TD_S_Classifier if classes else RealMLP_TD_S_Regressor
    return Pipeline([(name, cls(random_state=0, n_threads=1, device="cpu"))])


_PIPELINES: dict[str, Callable[[str, bool], Pipeline]] = {
    OURS: _ours,
    BOOSTING: _boosting,
    STOPPED: _boosting,
    MLP: _mlp,
    "sklearn-mlp": _their_mlp,
    "linear": _linear,
    "forest": _forest,
    "lightgbm": _lightgbm,
    "xgboost": _xgboost,
    "realmlp": _realmlp,
}
