"""Hyperparameters that are changed after fit, in each method and each verb.

Each call works, as scikit-learn's do where they do not use the hyperparameter, or raises an error
that names it.
"""

import copy

import numpy as np
import pytest
from sklearn import decomposition, neural_network
from sklearn.base import clone

import skparams
from skparams import PCA, MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore")  # two epochs do not converge

# Lists, arrays and other types, and numbers and words out of range.
VALUES = [
    None, "nonsense", "auto", b"full", 0, 3, -1, 0.5, np.nan, np.inf, True, [], [1, 2], ["relu"],
    {}, np.array([1, 2]), np.array(3), object(), 1j,
]  # fmt: skip
VALID = {
    "n_components": ["mle", "kaiser", "cv"],
    "svd_solver": ["covariance_eigh", "arpack", "randomized"],
    "missing": ["em"],
    "weights": ["relative"],
    "power_iteration_normalizer": ["QR"],
    "activation": ["identity", "logistic", "tanh", "gelu", "selu", ["mish"], ("relu",)],
    "solver": ["sgd", "adam", "adamw"],
    "learning_rate": ["invscaling", "adaptive", "cosine", "one_cycle", "warmup", float],
    "loss": ["poisson", "squared_error", "absolute_error", "huber", "gamma", "quantile"],
    "scoring": ["loss", "accuracy", "r2"],
    "dropout": [0.5, [0.1, 0.5], (0.0, 0.0)],
    "normalization": ["batch", "layer"],
    "init": ["he", "orthogonal", ([np.ones((4, 3)), np.ones((3, 1))], [np.ones(3), np.ones(1)])],
    "dtype": ["float32", "float64"],
    "class_weight": ["balanced", {0: 1.0, 1: 2.0, 2: 1.0}, {}],
    "quantile": [0.1, [0.1, 0.5], [0.5]],
}
N = 40
RNG = np.random.RandomState(0)
X = RNG.standard_normal((N, 4))
Y = {"PCA": None, "MLPClassifier": (X[:, 0] > 0) * 1 + (X[:, 1] > 0), "MLPRegressor": X[:, 0] ** 2}
Y |= {f"Tabular{name}": Y[name] for name in ("MLPClassifier", "MLPRegressor")}
MLP = {"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0}
TABULAR = MLP | {"n_members": 2}
MADE = {
    "MLPClassifier": lambda: MLPClassifier(**MLP).fit(X, Y["MLPClassifier"]),
    "MLPRegressor": lambda: MLPRegressor(**MLP).fit(X, Y["MLPRegressor"]),
    "MLPClassifier, normalized": lambda: MLPClassifier(
        **MLP, normalization="batch", dropout=0.2, solver="adamw", dtype="float32"
    ).fit(X, Y["MLPClassifier"]),
    "MLPRegressor, quantiles": lambda: MLPRegressor(
        **MLP, loss="quantile", quantile=[0.1, 0.5, 0.9], activation="gelu", normalization="layer"
    ).fit(X, Y["MLPRegressor"]),
    "TabularMLPClassifier": lambda: TabularMLPClassifier(**TABULAR).fit(X, Y["MLPClassifier"]),
    "TabularMLPRegressor, quantiles": lambda: TabularMLPRegressor(
        **TABULAR, loss="quantile", quantile=[0.1, 0.5, 0.9]
    ).fit(X, Y["MLPRegressor"]),
    "PCA": lambda: PCA(2).fit(X),
    "PCA, scaled": lambda: PCA(2, scale=True).fit(X),
    "PCA, em": lambda: PCA(2, missing="em").fit(X),
    "PCA, a stream": lambda: PCA(2).partial_fit(X),
}


def calls_of(model, fitted):
    """All public methods of a model, and all verbs, as functions of no argument.

    Those that train get a copy. Methods that the unchanged model lacks are left out.
    """
    y, data = Y[type(model).__name__], {"transform", "predict", "predict_proba", "score_samples"}
    data |= {"predict_log_proba", "component_table"}
    calls = {name: (lambda name=name: getattr(model, name)(X)) for name in data}
    for name in ("get_covariance", "get_precision", "get_feature_names_out", "_repr_html_"):
        calls[name] = lambda name=name: getattr(model, name)()
    for name in ("fit", "partial_fit", "fit_transform"):
        calls[name] = lambda name=name: getattr(copy.deepcopy(model), name)(X, y)
    calls["score"] = lambda: model.score(X, y)
    calls["inverse_transform"] = lambda: _and_back(model)
    calls["merge"] = lambda: model.merge(fitted)
    calls["set_fitted_params"] = lambda: copy.deepcopy(model).set_fitted_params(
        **model.get_fitted_params()
    )
    calls = {name: call for name, call in calls.items() if hasattr(fitted, name)}
    if "scatter_" not in vars(fitted):
        calls.pop("merge", None)
    if isinstance(model, PCA):
        calls["explain"] = lambda: str(skparams.explain(model).outliers(X))
        calls["explain X"] = lambda: repr(skparams.explain(model, X))
    return calls | {
        "repr": lambda: repr(model),
        "clone": lambda: clone(model),
        "tags": model.__sklearn_tags__,
        "count_params": lambda: model.count_params(kind="free"),
        "effective": lambda: skparams.count_params(model, kind="effective", X=X),
        "fitted_params": lambda: skparams.fitted_params(model),
        "summary": lambda: str(model.summary()),
        "summary X": lambda: _shown(skparams.summary(model, X, stats=True, coefficients=True)),
        "plan": lambda: _shown(skparams.plan(model, X, y)),
        "plan sizes": lambda: str(skparams.plan(model, n_samples=9, n_features=3, n_outputs=1)),
        "slim": lambda: skparams.slim(model),
        "slim X": lambda: str(skparams.slim(model, X, return_report=True)[1]),
        "kept_rows": lambda: str(skparams.kept_rows(model, X)),
        "diff": lambda: str(skparams.diff(model, fitted)),
        "spread": lambda: str(skparams.spread([model, fitted])),
        "assert_same_model": lambda: skparams.assert_same_model(model, model),
    }


def _and_back(model):
    scores = model.transform(X)
    if scores.shape[1]:  # scikit-learn's check_array refuses rows of nothing
        model.inverse_transform(scores)


def _shown(page):
    return str(page), page._repr_html_(), page.to_json()


def unnamed(model, fitted, hyperparameter):
    """Yield each call whose error is not one about the hyperparameter."""
    for name, call in calls_of(model, fitted).items():
        try:
            call()
        except Exception as error:
            own = isinstance(error, ValueError | TypeError) and not isinstance(error, LookupError)
            if isinstance(error, AttributeError):  # a method that there is only for some values
                own = name in ("partial_fit", "merge")
            if not own or hyperparameter not in str(error):
                yield f"{name}: {type(error).__name__}: {error}"


def check(kind, hyperparameter, values):
    fitted = MADE[kind]()
    for value in values:
        model = copy.deepcopy(fitted)
        setattr(model, hyperparameter, value)
        if kind == "PCA, a stream":  # which recomputes what it holds
            model = copy.deepcopy(fitted).set_params(**{hyperparameter: value})
        found = list(unnamed(model, fitted, hyperparameter))
        assert not found, f"{hyperparameter}={value!r}: {found}"


def _cases(kinds, **options):
    return [
        pytest.param(kind, name, id=f"{kind}-{name}", **options)
        for kind in kinds
        for name in getattr(skparams, kind.partition(",")[0])().get_params()
    ]


TABULAR_KINDS = [kind for kind in MADE if kind.startswith("Tabular")]
CASES = _cases(kind for kind in MADE if kind not in TABULAR_KINDS)
TABULAR_CASES = _cases(TABULAR_KINDS, marks=pytest.mark.exhaustive)  # each fits an ensemble


@pytest.fixture(autouse=True)
def quiet(capsys):
    """Fits with verbose print."""


@pytest.mark.parametrize(("kind", "name"), [*CASES, *TABULAR_CASES])
def test_a_changed_hyperparameter(kind, name):
    valid = VALID.get(name, ())
    if name == "scoring" and kind in TABULAR_KINDS:  # which use it in every fit
        valid = ["loss", "accuracy" if "Classifier" in kind else "r2"]
    check(kind, name, [[1, 2], "nonsense", None, *valid])


@pytest.mark.exhaustive
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_hyperparameter_changed_to_anything(kind, name):
    """Three or four models share a hyperparameter, and its values; two would leave some out."""
    models = [each for each, named in ((p.values[0], p.values[1]) for p in CASES) if named == name]
    shared = len(models) > 2
    check(kind, name, VALUES[models.index(kind) % 3 :: 3] if shared else VALUES)


@pytest.mark.parametrize("value", ["identity", "tanh", "logistic"])
@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
def test_predictions_use_the_activation_that_is_set(name, value):
    fitted = MADE[name]()
    theirs = getattr(neural_network, name)(**MLP, activation=value)
    vars(theirs).update({k: v for k, v in vars(fitted).items() if k.endswith("_")})
    theirs._label_binarizer = getattr(fitted, "_label_binarizer", None)
    predictions = fitted.predict(X)
    fitted.set_params(activation=value)
    np.testing.assert_allclose(fitted.predict(X), theirs.predict(X))
    if name == "MLPRegressor":
        assert not np.allclose(fitted.predict(X), predictions)


def test_scores_use_whiten_as_it_is_set():
    ours, theirs = (cls(2).fit(X).set_params(whiten=True) for cls in (PCA, decomposition.PCA))
    np.testing.assert_allclose(np.abs(ours.transform(X)), np.abs(theirs.transform(X)))
    back = ours.inverse_transform(ours.transform(X))
    np.testing.assert_allclose(back, theirs.inverse_transform(theirs.transform(X)))


@pytest.mark.parametrize("scale", [False, True])
def test_what_is_in_the_components_stays_as_it_was_fitted(scale):
    """`scale` and `n_components` are; a stream computes its components anew."""
    fitted = PCA(2, scale=scale).fit(X)
    changed = copy.deepcopy(fitted).set_params(scale=not scale, n_components=3, weights="relative")
    np.testing.assert_array_equal(changed.transform(X), fitted.transform(X))
    np.testing.assert_array_equal(changed.get_covariance(), fitted.get_covariance())
    np.testing.assert_array_equal(changed.score_samples(X), fitted.score_samples(X))
    tables = [skparams.explain(pca, X).row_tables() for pca in (changed, fitted)]
    for a, b in zip(*tables, strict=True):
        np.testing.assert_array_equal(a, b)
    slimmed = skparams.slim(changed)
    np.testing.assert_array_equal(slimmed.transform(X), fitted.transform(X))
    assert skparams.fitted_params(changed).keys() == skparams.fitted_params(fitted).keys()
    stream = PCA(2, scale=scale).partial_fit(X).set_params(scale=not scale)
    again = PCA(2, scale=not scale).fit(X)
    np.testing.assert_allclose(stream.transform(X), again.transform(X), atol=1e-8)
