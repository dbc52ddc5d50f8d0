"""Random models of every family whose derivatives are known, and their predictions as outputs."""

import warnings

import numpy as np
from scipy.linalg import helmert
from sklearn import decomposition as their_decomposition, neural_network as theirs
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    MultiTaskLasso,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.svm import LinearSVC, LinearSVR

import skparams
from skparams._identify import derivatives
from skparams._walk import Walk
from tests.specs.sweeps import flag, one_of

ACTIVATIONS = (
    *("identity", "logistic", "tanh", "relu", "leaky_relu"),
    *("selu", "gelu", "silu", "mish"),
)
LINEAR = (
    LinearRegression(),
    LinearRegression(fit_intercept=False),
    Ridge(),
    RidgeCV(),
    Lasso(0.01),
    ElasticNet(0.01),
    MultiTaskLasso(0.01),
    HuberRegressor(),
    SGDRegressor(),
    LinearSVR(),
    PoissonRegressor(),
    GammaRegressor(),
    TweedieRegressor(power=0),
    LogisticRegression(),
    LogisticRegression(solver="liblinear"),
    LogisticRegressionCV(Cs=2, cv=2),
    RidgeClassifier(),
    SGDClassifier(),
    LinearSVC(),
    LinearDiscriminantAnalysis(),
)


def fitted(estimator, X, y=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y)


def linear_model(rng, number):
    """A linear model, of one or several outputs."""
    estimator = LINEAR[number % len(LINEAR)]
    n, p = int(rng.integers(8, 30)), int(rng.integers(1, 6))
    X = rng.normal(size=(n, p))
    if hasattr(estimator, "decision_function"):
        binary = flag(rng) or getattr(estimator, "solver", "") == "liblinear"
        y = np.arange(n) % (2 if binary else 3)
    else:
        y = np.abs(X @ rng.normal(size=p)) + 0.1
    if isinstance(estimator, MultiTaskLasso) or (flag(rng) and type(estimator) in (Ridge, RidgeCV)):
        y = np.column_stack([y, y**2])
    return fitted(estimator, X, y), X


def network(rng, activation=None, ours=None):
    """A network of random size, normalization and outputs, with random weights."""
    ours = flag(rng) if ours is None else ours
    names = ACTIVATIONS if ours else ACTIVATIONS[:4]
    hidden = tuple(rng.integers(2, 5, size=rng.integers(0, 3)).tolist())
    own = [activation or one_of(rng, *names) for _ in hidden]
    arguments = {"hidden_layer_sizes": hidden, "max_iter": 1, "random_state": 0}
    arguments["activation"] = own if ours and hidden else one_of(rng, *own, "relu")
    n, p = int(rng.integers(12, 40)), int(rng.integers(1, 5))
    X = rng.normal(size=(n, p))
    if ours and flag(rng):
        arguments["normalization"] = one_of(rng, "batch", "layer")
    package = skparams if ours else theirs
    if flag(rng):
        y = one_of(rng, np.arange(n) % 2, np.arange(n) % 3, rng.integers(0, 2, (n, 2)))
        model = package.MLPClassifier(**arguments)
    else:
        y = one_of(rng, X[:, 0], np.column_stack([X[:, 0], X[:, -1] ** 2]))
        model = package.MLPRegressor(**arguments)
        if ours:
            loss = one_of(rng, "squared_error", "poisson", "quantile")
            quantile = one_of(rng, 0.3, [0.9, 0.1, 0.5]) if loss == "quantile" else 0.5
            model.set_params(loss=loss, quantile=quantile)
            y = np.abs(y) if loss == "poisson" else y[:, 0] if y.ndim > 1 else y
    model = fitted(model, X, y)
    for name in ("coefs_", "intercepts_", "gains_", "running_means_"):
        for array in getattr(model, name, ()):
            array[:] = rng.normal(size=array.shape) / 2
    for array in getattr(model, "running_variances_", ()):
        array[:] = rng.uniform(0.5, 2, size=array.shape)
    return model, X


def projection(rng):
    """A PCA, scikit-learn's or ours, an incremental one, or a truncated SVD."""
    n, p = int(rng.integers(12, 40)), int(rng.integers(2, 6))
    X = rng.normal(size=(n, p)) * rng.uniform(0.5, 3, p) + rng.normal(size=p)
    k = int(rng.integers(1, p + 1))
    whiten = flag(rng)
    model = one_of(
        rng,
        skparams.PCA(k, whiten=whiten),
        skparams.PCA(k, scale=True, whiten=whiten),
        their_decomposition.PCA(k, whiten=whiten),
        their_decomposition.IncrementalPCA(k, whiten=whiten),
        their_decomposition.TruncatedSVD(min(k, p - 1), algorithm="arpack"),
    )
    return fitted(model, X), X


def jacobian_of(model, X):
    """The derivatives as the verb makes them."""
    form = derivatives.form_of(model, model)
    return derivatives.jacobian_of(form, X, Walk(model).leaves, model)


def whole(model, X):
    """The whole matrix, with columns as they are stored, and the spans of its arrays."""
    jacobian = jacobian_of(model, X)
    return jacobian, jacobian.block(slice(0, len(X)))


def outputs(model, X):
    """Predictions, on the scale of log-odds, of logarithms, or as they are."""
    if hasattr(model, "quantiles_") and np.size(model.quantile) > 1:
        ascending = np.sort(model.predict_quantiles(X), axis=1)
        increments = np.diff(ascending, axis=1)
        return np.column_stack([ascending[:, 0], np.log(np.expm1(increments))])
    if (
        isinstance(model, LogisticRegression | LinearDiscriminantAnalysis)
        and len(model.classes_) == 2
    ):
        return model.decision_function(X)[:, np.newaxis]
    if hasattr(model, "predict_proba") and not isinstance(model, SGDClassifier):
        P = model.predict_proba(X)
        if getattr(model, "out_activation_", "softmax") == "softmax":
            return np.log(P) @ helmert(P.shape[1]).T
        P = P[:, 1:] if model.n_outputs_ == 1 else P
        return np.log(P) - np.log1p(-P)
    if hasattr(model, "decision_function"):
        found = model.decision_function(X)
    elif hasattr(model, "predict"):
        found = model.predict(X)
        logarithmic = isinstance(model, PoissonRegressor | GammaRegressor)
        if logarithmic or getattr(model, "out_activation_", "") == "exp":
            found = np.log(found)
    else:
        found = model.transform(X)
    return found.reshape(len(X), -1)
