"""Data that is not in memory is taken lazily or refused by name: never read without a word."""

import inspect
import warnings
from functools import cache, partial

import dask
import h5py
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB

import skparams
from skparams import PCA, MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skparams.decomposition._explain import Explanation, RotatedPCA
from skparams.neural_network._encoder import TableEncoder
from skparams.specs import Unknown
from tests.clusters import ComputedError, poisoned

DATA = (
    *("X", "y", "sample_weight", "X_val", "y_val", "sample_weight_val", "groups", "Y"),
    *("supplementary", "row_names"),
)
N = 40
# What a callable's errors call it, where it is not by its own name.
ALIASES = {
    "CapacityCurveDisplay.from_estimator": ["capacity_curve"],
    **{f"RotatedPCA.{name}": ["PCA"] for name in ("fit", "fit_transform", "transform")},
}
# What reads a file block by block.
READS = {"PCA.transform", "PCA.score_samples", "RotatedPCA.transform"}
# What an error tells to do.
TO_DO = (".compute()", "[:]", "fit_blocks")
# What computes Dask arrays on purpose, as Dask's users expect of ``fit``.
COMPUTES = {
    *(f"PCA.{name}" for name in ("fit", "fit_transform", "partial_fit", "score")),
    *(f"RotatedPCA.{name}" for name in ("fit", "fit_transform")),
    *(f"MLPClassifier.{name}" for name in ("fit", "fit_blocks", "score")),
    *(f"MLPRegressor.{name}" for name in ("fit", "fit_blocks", "score")),
}


def _refuse(*args, **kwargs):
    raise ComputedError


def poisoned_frame(columns):
    """A Dask DataFrame of which no partition can be computed."""
    pandas, frames = pytest.importorskip("pandas"), pytest.importorskip("dask.dataframe")
    meta = pandas.DataFrame(np.zeros((0, columns)), columns=[f"c{i}" for i in range(columns)])
    return frames.from_map(_refuse, [0, 1], meta=meta)


class Dataset(h5py.Dataset):
    """A dataset of a file that cannot be read."""

    __module__ = "h5py"
    __getitem__ = __array__ = _refuse


@cache
def data():
    rng = np.random.RandomState(0)
    X = rng.standard_normal((N, 3)) + np.array([1, 2, 3])
    labels = np.arange(N) % 2
    return {
        "X": X,
        "y": labels,
        "sample_weight": np.ones(N),
        "X_val": X,
        "y_val": labels,
        "sample_weight_val": np.ones(N),
        "groups": np.arange(N) % 4,
        "Y": X,
        "supplementary": X,
        "row_names": np.array([f"r{i}" for i in range(N)], dtype=object),
    }


def fitted(cls, **params):
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return cls(**params).fit(data()["X"], data()["y"])


@cache
def search():
    grid = {"var_smoothing": [1e-9, 1e-3]}
    return GridSearchCV(GaussianNB(), grid, cv=2).fit(data()["X"], data()["y"])


@cache
def instance(name):
    """A small fitted estimator, or another object that has methods with data."""
    mlp = {"hidden_layer_sizes": (3,), "max_iter": 1, "random_state": 0}
    quantiles = {"loss": "quantile", "quantile": [0.1, 0.5, 0.9]}
    return {
        "PCA": lambda: fitted(PCA, n_components=2),
        "MLPClassifier": lambda: fitted(MLPClassifier, **mlp),
        "MLPRegressor": lambda: fitted(MLPRegressor, **quantiles, **mlp),
        "TabularMLPClassifier": lambda: fitted(TabularMLPClassifier, n_members=1, **mlp),
        "TabularMLPRegressor": lambda: fitted(TabularMLPRegressor, n_members=1, **quantiles, **mlp),
        "RotatedPCA": lambda: fitted(RotatedPCA, pca=instance("PCA")),
        "TableEncoder": lambda: fitted(TableEncoder),
        "Explanation": lambda: skparams.explain(instance("PCA"), data()["X"]),
    }[name]()


# What public functions need beside data.
FIT = {"estimator": lambda: fitted(GaussianNB)}
REGRESSION = {"estimator": lambda: LinearRegression().fit(data()["X"], data()["y"])}
OF_PCA = {"estimator": lambda: instance("PCA")}
OTHERS = {
    "compare": {"estimators": lambda: {"bayes": GaussianNB(), "other": GaussianNB()}},
    "capacity_curve": {
        "estimator": GaussianNB,
        "param_name": lambda: "var_smoothing",
        "param_range": lambda: [1e-9, 1e-3],
    },
    "memorization": {"estimator": GaussianNB},
    "fewest_params": {"estimator": GaussianNB},
    "fit_budget": {
        "estimator": lambda: MLPClassifier((3,)),
        "max_params": lambda: 1000,
        "n_classes": lambda: 2,
    },
    "params_frame": {"search": search, "fit": lambda: True},
    "count_params": {**REGRESSION, "kind": lambda: "effective"},
    "summary": REGRESSION,
    "plan": {"estimator": GaussianNB},
    "identifiable": REGRESSION,
    "kept_rows": FIT,
    "probe": FIT,
    "slim": FIT,
    "n_params_scorer": FIT,
    "model_bytes_scorer": FIT,
    "to_onnx": FIT,
    "explain": OF_PCA,
    "MLPClassifier.fit_blocks": {"blocks": lambda: [(data()["X"], data()["y"])]},
    "MLPRegressor.fit_blocks": {"blocks": lambda: [(data()["X"], data()["y"])]},
    "TableEncoder.encode": {"estimator": TableEncoder},
    "CapacityCurveDisplay.from_estimator": {
        "estimator": GaussianNB,
        "param_name": lambda: "var_smoothing",
        "param_range": lambda: [1e-9, 1e-3],
    },
    "ParetoDisplay.from_search": {"search": search, "fit": lambda: True},
    "BiplotDisplay.from_estimator": OF_PCA,
    "BootstrapDisplay.from_estimator": OF_PCA,
    "ContributionDisplay.from_estimator": OF_PCA,
    "CorrelationCircleDisplay.from_estimator": OF_PCA,
    "OutlierDisplay.from_estimator": OF_PCA,
    "ScoreDisplay.from_estimator": OF_PCA,
    "ScreeDisplay.from_estimator": OF_PCA,
}


def _parameters(function):
    return [name for name in inspect.signature(function).parameters if name in DATA]


def callables():
    """Each public callable that gets data: its name, a function that returns it, its arguments."""
    for name in skparams.__all__:
        value = getattr(skparams, name)
        if inspect.isclass(value):
            if issubclass(value, BaseException) or name == "ParamsMixin":
                continue
            yield from _methods(name, value)
        elif callable(value):
            yield name, partial(getattr, skparams, name), _parameters(value)
    for cls in (RotatedPCA, TableEncoder, Explanation):
        yield from _methods(cls.__name__, cls)


def _methods(name, cls):
    for method in sorted(each for each in dir(cls) if not each.startswith("_")):
        stored = inspect.getattr_static(cls, method)
        function = getattr(stored, "__func__", stored)
        function = getattr(function, "method", getattr(function, "fn", function))
        if not callable(function):
            continue
        of_class = isinstance(stored, classmethod)
        owner = partial(getattr, skparams, name) if of_class else partial(instance, name)
        if (name, method) == ("PCA", "partial_fit"):  # not of what fit made
            owner = partial(PCA, 2)
        yield f"{name}.{method}", lambda m=method, o=owner: getattr(o(), m), _parameters(function)


KINDS = ("array", "frame", "dataset")


def cases():
    """Each callable with each argument and kind of lazy data; a third of these by default."""
    arguments = [(name, found, each) for name, found, names in callables() for each in names]
    for i, case in enumerate(arguments):
        for j, kind in enumerate(KINDS):
            marks = () if (i + j) % len(KINDS) == 0 else pytest.mark.exhaustive
            name, _, argument = case
            yield pytest.param(*case, kind, id=f"{name}-{argument}-{kind}", marks=marks)


def _call(name, function, argument, value):
    """Call with the argument's value, and otherwise with what is needed and in memory."""
    given = {key: make() for key, make in OTHERS.get(name, {}).items()}
    needed = inspect.signature(function).parameters
    # Without X, what is beside it is not looked at.
    beside = {
        key: data()[key]
        for key in ("X", "y", "X_val", "y_val", "Y")
        if key in needed and key != argument
    }
    if argument not in ("X_val", "y_val", "sample_weight_val"):
        beside = {key: each for key, each in beside.items() if not key.endswith("_val")}
    if name == "ScoreDisplay.from_estimator" and argument == "row_names":
        beside.pop("y", None)
    return function(**given, **beside, **{argument: value})


def _lazy(kind, name, argument, tmp_path):
    shape = np.shape(data()[argument])
    if name.endswith(".inverse_transform"):  # of scores
        shape = (N, 2)
    if kind == "array":
        return poisoned(shape)
    if kind == "frame":
        frame = poisoned_frame(shape[1] if len(shape) == 2 else 1)
        return frame if len(shape) == 2 else frame["c0"]
    file = h5py.File(tmp_path / "data.h5", "w")
    return Dataset(file.create_dataset("data", shape, "f8").id)


@pytest.mark.parametrize(("name", "found", "argument", "kind"), list(cases()))
def test_lazy_data_is_taken_lazily_or_refused_by_name(name, found, argument, kind, tmp_path):
    function, lazy = found(), _lazy(kind, name, argument, tmp_path)
    words = {*name.split("."), *ALIASES.get(name, ())}
    words |= {"explain"} if name.startswith("Explanation.") else set()
    try:
        with dask.config.set(scheduler="synchronous"):
            _call(name, function, argument, lazy)
    except ComputedError:
        assert name in COMPUTES or (kind == "dataset" and name in READS), "read in silence"
    except TypeError as error:
        message = str(error)
        assert any(word in message for word in words), message
        assert f" {argument} " in f" {message}", message
        assert "Dask" in message or "h5py" in message, message
        assert any(word in message for word in TO_DO), message


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("compare", {"estimators": {"bayes": GaussianNB(), "other": GaussianNB()}}),
        ("memorization", {"estimator": GaussianNB()}),
        ("fewest_params", {"estimator": GaussianNB()}),
    ],
)
def test_what_goes_to_fit_beside_the_data_has_to_be_in_memory_too(function, arguments):
    params = {"sample_weight": poisoned((N,))}
    with pytest.raises(TypeError, match=rf"^{function}: params\['sample_weight'\] is a Dask Array"):
        getattr(skparams, function)(**arguments, X=data()["X"], y=data()["y"], params=params)


def test_what_has_no_shape_is_refused():
    for function in ("plan", "summary"):
        with pytest.raises(TypeError, match=rf"^{function}: X is a Dask Delayed.*, whose shape is"):
            getattr(skparams, function)(GaussianNB(), dask.delayed(data()["X"]))


class Holder(BaseEstimator):
    """An estimator of another package, which keeps what is not in memory."""

    def __init__(self, init=None):
        self.init = init

    def fit(self, X, y=None):
        self.coef_, self.frame_ = poisoned((30, 3)), poisoned_frame(3)
        self.n_features_in_ = 3
        return self

    def predict(self, X):
        return np.zeros(len(X))


def test_what_an_estimator_keeps_is_not_read():
    X, model = data()["X"], Holder(poisoned((30, 3))).fit(None)
    held = Unknown("no Spec says what the dask.array.core.Array in coef_ holds")
    for found in (skparams.summary(model, stats=True), skparams.summary(model, X)):
        assert found.totals.stored == held
        assert "dask.layers" not in str(found)
    assert skparams.count_params(model, kind="nonzero") is None
    assert set(skparams.kept_rows(model).unknown) == {"coef_", "frame_"}
    assert set(skparams.kept_rows(model, X).unknown) == {"coef_", "frame_"}
    assert skparams.plan(model, X).totals.stored.reason == "no Spec describes Holder"
    assert skparams.slim(model, X).predict(X).shape == (N,)
    skparams.probe(model, X)
    skparams.fitted_params(model)


def test_parameters_that_are_set_have_to_be_in_memory():
    model = instance("MLPClassifier")
    with pytest.raises(TypeError, match=r"^set_fitted_params: coefs_\[0\] is a Dask Array"):
        model.set_fitted_params(**{"coefs_[0]": poisoned((3, 3))})
