"""The same arguments and random state give scikit-learn's own model: a seeded random sweep.

A setting counts where scikit-learn itself is well conditioned: changing one number of ``X`` in
its last bit, and changing each of them, moves scikit-learn's own result by less than 1e-10. The
others are counted and named in the summary of the run.
"""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
from sklearn import neural_network as theirs
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.fixes import parse_version

from skparams import MLPClassifier, MLPRegressor

OURS = {"MLPClassifier": MLPClassifier, "MLPRegressor": MLPRegressor}

# Targets
CLASSIFIED = ("binary", "multiclass", "multilabel", "words", "words_binary")
REGRESSED = ("regression", "regression_many", "poisson", "poisson_many")
# How X comes
FORMS = ("C", "F", "read_only", "strided", "csr", "csc", "integers")

# Before 1.9 scikit-learn's early stopping fails on labels that are words:
# https://github.com/scikit-learn/scikit-learn/issues/33760
NO_WORDS = parse_version(sklearn.__version__) < parse_version("1.9")

N_SETTINGS = 240
AGREE = 1e-8
WELL_CONDITIONED = 1e-10
MOST_ILL_CONDITIONED = 0.1
MOST_UPDATES = 200  # of a fit, or as many as two epochs take: scikit-learn is fitted four times


def _one_of(rng, *options):
    return options[rng.randint(len(options))]


def _features(rng, n, p, form):
    X = rng.standard_normal((n, p))
    if form == "integers":
        dtype = _one_of(rng, np.int64, np.int32, np.uint8)
        return np.round(np.abs(2 * X) if dtype is np.uint8 else 2 * X).astype(dtype)
    if form in ("csr", "csc"):
        X[rng.uniform(size=X.shape) < 0.6] = 0.0
        container = _one_of(rng, getattr(sp, f"{form}_matrix"), getattr(sp, f"{form}_array"))
        return container(X)
    if form == "F":
        return np.asfortranarray(X)
    if form == "strided":
        return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]
    if form == "read_only":
        X.setflags(write=False)
    return X


def _targets(rng, X, kind):
    X = X.toarray() if sp.issparse(X) else np.asarray(X, dtype=float)
    p = X.shape[1]
    n_outputs = {"multiclass": 4, "words": 3, "multilabel": 3}.get(kind, 2)
    scores = X @ rng.standard_normal((p, n_outputs)) / np.sqrt(p)
    scores += 0.5 * rng.standard_normal(scores.shape)
    if kind == "regression":
        return scores[:, 0]
    if kind == "regression_many":
        return scores
    if kind == "poisson":
        return rng.poisson(np.exp(np.clip(scores[:, 0], -2, 2))).astype(float)
    if kind == "poisson_many":
        return rng.poisson(np.exp(np.clip(scores, -2, 2))).astype(float)
    if kind == "multilabel":
        return (scores > 0).astype(int)
    # every class at least four times, so that a validation part can be stratified
    label = scores.argmax(axis=1)
    label[: 4 * n_outputs] = np.arange(4 * n_outputs) % n_outputs
    if kind.startswith("words"):
        return np.array(["ash", "birch", "cedar"], dtype=_one_of(rng, object, str))[label]
    return label


def _weights(rng, n, n_zeros):
    kind = _one_of(rng, None, None, "float", "integer", "zeros")
    if kind is None:
        return None
    if kind == "float":
        return rng.uniform(0.1, 3, n)
    weights = rng.randint(1, 5, n)
    if kind == "integer":
        return weights
    weights = weights.astype(float)
    weights[rng.permutation(n)[:n_zeros]] = 0.0
    return weights


def draw(seed, small=False):
    """One setting: the class's name, its arguments, and the arguments of ``fit``."""
    rng = np.random.RandomState(seed)
    kind = _one_of(rng, *CLASSIFIED, *REGRESSED)
    form = _one_of(rng, *FORMS)
    n = rng.randint(20, 30) if small else rng.randint(40, 160)
    p = rng.randint(2, 4) if small else rng.randint(2, 12)
    width = 5 if small else 24

    depth = rng.randint(4)
    hidden = tuple(int(w) for w in rng.randint(1, width, size=depth))
    hidden = _one_of(rng, hidden, list(hidden), np.array(hidden, dtype=int))
    if depth == 1 and rng.uniform() < 0.5:
        hidden = int(hidden[0])
    solver = _one_of(rng, "adam", "sgd")
    early_stopping = bool(rng.uniform() < 0.3) and not (NO_WORDS and kind.startswith("words"))
    validation_fraction = _one_of(rng, 0.2, 0.25, 0.4)
    n_train = n - int(np.ceil(validation_fraction * n)) if early_stopping else n
    batch_size = _one_of(rng, "auto", "auto", 1, 3, 7, 10, 32, n_train, n + 5)
    if small and batch_size in (1, 3):
        batch_size = 8
    rows = min(200 if batch_size == "auto" else batch_size, n_train)
    shortest_batch = n_train % rows or rows
    most_epochs = max(2, MOST_UPDATES * rows // n_train)
    arguments = {
        "hidden_layer_sizes": hidden,
        "activation": _one_of(rng, "identity", "logistic", "tanh", "relu"),
        "solver": solver,
        "alpha": _one_of(rng, 0, 0.0, 1e-4, 0.01, 1.0),
        "batch_size": batch_size,
        "learning_rate": _one_of(rng, "constant", "invscaling", "adaptive"),
        "learning_rate_init": _one_of(
            rng, *([0.1, 0.02, 0.003] if solver == "sgd" else [0.03, 0.01, 1e-3])
        ),
        "power_t": _one_of(rng, 0, 0.25, 0.5, 1.0),
        "max_iter": min(int(rng.randint(1, 5 if small else 30)), most_epochs),
        "shuffle": bool(rng.uniform() < 0.7),
        "random_state": int(rng.randint(1000)),
        "tol": _one_of(rng, 0, 1e-4, 1e-2, 0.1),
        "momentum": _one_of(rng, 0, 0.5, 0.9),
        "nesterovs_momentum": bool(rng.uniform() < 0.5),
        "early_stopping": early_stopping,
        "validation_fraction": validation_fraction,
        "beta_1": _one_of(rng, 0, 0.5, 0.9),
        "beta_2": _one_of(rng, 0, 0.9, 0.99, 0.999, 0.999, 0.999),
        "epsilon": _one_of(rng, 1e-8, 1e-8, 1e-4),
        "n_iter_no_change": _one_of(rng, 1, 2, 5, 10, np.inf),
        "warm_start": bool(rng.uniform() < 0.1),
        "max_fun": 15000,
        "verbose": False,
    }
    if kind in REGRESSED:
        arguments["loss"] = "poisson" if kind.startswith("poisson") else "squared_error"
        if kind.startswith("poisson"):
            arguments["learning_rate_init"] = min(arguments["learning_rate_init"], 0.01)
    X = _features(rng, n, p, form)
    y = _targets(rng, X, kind)
    if kind in REGRESSED and rng.uniform() < 0.2:
        y.setflags(write=False)
    weights = _weights(rng, n, min(3, shortest_batch - 1))
    shares_state = bool(rng.uniform() < 0.25)
    name = "MLPClassifier" if kind in CLASSIFIED else "MLPRegressor"
    return name, arguments, (X, y, weights), shares_state


def fit(Estimator, arguments, data, shares_state):
    arguments = dict(arguments)
    if shares_state:
        arguments["random_state"] = np.random.RandomState(arguments["random_state"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", message="Got `batch_size` less than 1 or larger")
        # overflow in scikit-learn's own exp: no concern of a comparison
        warnings.simplefilter("ignore", RuntimeWarning)
        return Estimator(**arguments).fit(*data)


def nudged(data, seed, everywhere=False):
    """The same data with one number of a row that counts changed in its last bit, or with all."""
    X, y, weights = data
    rng = np.random.RandomState(seed)
    X = X.astype(float) if sp.issparse(X) else np.array(X, dtype=float)
    if everywhere:
        numbers = X.data if sp.issparse(X) else X
        towards = np.where(rng.uniform(size=numbers.shape) < 0.5, np.inf, -np.inf)
        numbers[...] = np.where(numbers == 0, 0.0, np.nextafter(numbers, towards))
        return X, y, weights
    counts = np.ones(X.shape[0]) if weights is None else np.asarray(weights)
    rows, columns = np.nonzero((X.toarray() if sp.issparse(X) else X) * counts[:, None])
    pick = rng.randint(len(rows))
    i, j = rows[pick], columns[pick]
    X[i, j] = np.nextafter(X[i, j], np.inf)
    return X, y, weights


def distance(a, b):
    """Largest ``max|a - b| / max|b|`` over the arrays of two models, and what it belongs to."""
    worst, where = 0.0, ""
    for name in ("coefs_", "intercepts_", "loss_curve_", "validation_scores_"):
        one, other = getattr(a, name), getattr(b, name)
        if one is None or other is None:
            if one is not other:
                return np.inf, name
            continue
        if not name.startswith(("coefs", "intercepts")):
            one, other = [one], [other]
        if [np.shape(x) for x in one] != [np.shape(x) for x in other]:
            return np.inf, f"{name} (shapes)"
        for layer, (x, y) in enumerate(zip(one, other, strict=True)):
            x, y = np.asarray(x), np.asarray(y)
            size = np.abs(y).max()
            away = np.abs(x - y).max()
            away = away / size if size > 0 else (0.0 if away == 0 else np.inf)
            if not away <= worst:
                worst, where = away, f"{name}[{layer}]" if len(one) > 1 else name
    return worst, where


def disagreement(ours, theirs):
    """What the two models do not agree on, or None."""
    away, where = distance(ours, theirs)
    if not away <= AGREE:
        return f"{where} is off by {away:.1e}"
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        if getattr(ours, name) != getattr(theirs, name):
            return f"{name}: {getattr(ours, name)} for {getattr(theirs, name)}"
    for name in ("loss_", "best_loss_", "best_validation_score_"):
        one, other = getattr(ours, name), getattr(theirs, name)
        if one is None or other is None:
            if one is not other:
                return f"{name}: {one} for {other}"
        elif not abs(one - other) <= AGREE * abs(other):
            return f"{name}: {one!r} for {other!r}"
    if hasattr(theirs, "classes_") and not np.array_equal(ours.classes_, theirs.classes_):
        return "classes_"
    return None


def compare(seed, small=False):
    """(Is scikit-learn well conditioned here, what the models do not agree on)."""
    name, arguments, data, shares_state = draw(seed, small)
    try:
        reference = fit(getattr(theirs, name), arguments, data, shares_state)
    except ValueError:  # it diverges: see test_differences.py
        return False, None
    # Some settings are ill conditioned in a few inputs only: nudging all of them at once finds out.
    for probe in (nudged(data, 0), nudged(data, 1), nudged(data, 2, everywhere=True)):
        moved = fit(getattr(theirs, name), arguments, probe, shares_state)
        if not distance(moved, reference)[0] < WELL_CONDITIONED:
            return False, None
    return True, disagreement(fit(OURS[name], arguments, data, shares_state), reference)


# On all of these scikit-learn is well conditioned.
SMALL = range(25)


@pytest.mark.parametrize("seed", SMALL)
def test_small_setting_follows_scikit_learn(seed):
    well_conditioned, found = compare(seed, small=True)
    assert well_conditioned, "choose another seed"
    assert not found, f"{found}: {draw(seed, small=True)[:2]}"


@pytest.mark.exhaustive
def test_random_sweep_follows_scikit_learn(note):
    ill_conditioned, failures = [], []
    for seed in range(1000, 1000 + N_SETTINGS):
        well_conditioned, found = compare(seed)
        if not well_conditioned:
            ill_conditioned.append(seed)
        elif found:
            failures.append(f"seed {seed}: {found}: {draw(seed)[:2]}")
    counted = N_SETTINGS - len(ill_conditioned)
    note(
        f"MLP parity: {counted - len(failures)} of {counted} settings agree to {AGREE:g}; "
        f"{len(ill_conditioned)} of {N_SETTINGS} not counted, where scikit-learn's own result "
        f"moves or diverges: seeds {ill_conditioned}"
    )
    assert len(ill_conditioned) <= MOST_ILL_CONDITIONED * N_SETTINGS
    assert counted >= 200
    assert not failures, "\n".join(failures)


def test_the_sweep_meets_every_hyperparameter_and_every_kind_of_data():
    drawn = [draw(seed) for seed in range(1000, 1000 + N_SETTINGS)]
    for name, fixed in (
        ("MLPClassifier", {"max_fun", "verbose"}),
        ("MLPRegressor", {"max_fun", "verbose"}),
    ):
        settings = [arguments for n, arguments, _, _ in drawn if n == name]
        assert set(settings[0]) == set(getattr(theirs, name)().get_params())
        for argument in set(settings[0]) - fixed:
            assert len({str(arguments[argument]) for arguments in settings}) > 1, argument
    weights = [data[2] for _, _, data, _ in drawn]
    assert any(w is None for w in weights)
    assert any(w is not None and w.dtype.kind == "i" for w in weights)
    assert any(w is not None and w.dtype.kind == "f" and (w == 0).any() for w in weights)
    assert {type(data[0]).__name__ for _, _, data, _ in drawn} == {
        "ndarray",
        "csr_matrix",
        "csr_array",
        "csc_matrix",
        "csc_array",
    }
