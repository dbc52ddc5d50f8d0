"""Networks for tables that train within milliseconds, and what is compared between two of them."""

import numpy as np

from skparams import TabularMLPClassifier, TabularMLPRegressor

SETTINGS = {"n_members": 2, "hidden_layer_sizes": 4, "max_iter": 3, "random_state": 0}
ESTIMATORS = {"classifier": TabularMLPClassifier, "regressor": TabularMLPRegressor}


def make(kind, **settings):
    """An unfitted estimator, 'classifier' or 'regressor'."""
    return ESTIMATORS[kind](**SETTINGS | settings)


def data(kind, n_samples=60, n_features=3):
    """Numbers, and three classes or a target."""
    rng = np.random.RandomState(0)
    X = rng.standard_normal((n_samples, n_features))
    y = X[:, 0] + 0.3 * rng.standard_normal(n_samples)
    return X, np.digitize(y, [-0.5, 0.5]) if kind == "classifier" else y


def fitted(kind, **settings):
    """A fitted estimator."""
    return make(kind, **settings).fit(*data(kind))


def numbers(model):
    """All that a model learned, as one list of arrays."""
    arrays = []
    for member in model.members_:
        arrays += [member.input_scale_, *member.coefs_, *member.intercepts_]
        arrays += [member.best_iter_, *member.history_.values()]
    names = [name for name in vars(model) if name.startswith(("oof_", "quantile", "target_"))]
    names += [name for name in ("temperature_", "n_iter_") if hasattr(model, name)]
    learned = [np.asarray(getattr(model, name)) for name in sorted(names)]
    return arrays + [array for array in learned if array.dtype.kind == "f"]


def same(first, second):
    """Whether two models learned the same, bit for bit."""
    pairs = zip(numbers(first), numbers(second), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
