"""Models of other packages that Specs describe, each made when it is asked for."""

import importlib
import warnings
from functools import cache

import numpy as np

ROWS = 90


def data(seed=0):
    """Rows, and y of two classes, of three, and of numbers."""
    rng = np.random.RandomState(seed)
    X = rng.standard_normal((ROWS, 4))
    target = X @ [1.0, 2.0, 0.0, -1.0] + 0.3 * rng.standard_normal(ROWS)
    return {
        "X": X,
        "two": (target > 0).astype(int),
        "three": np.digitize(target, [-1.0, 1.0]),
        "numbers": target,
    }


def table(seed=0):
    """A table with columns of categories."""
    import pandas as pd

    rng = np.random.RandomState(seed)
    names = {"city": list("abcdef"), "kind": list("xy")}
    columns = {name: rng.choice(values, ROWS) for name, values in names.items()}
    return pd.DataFrame({**columns, "number": rng.standard_normal(ROWS)})


def survival(seed=0):
    """Times and events."""
    from sksurv.util import Surv

    given = data(seed)
    times = np.round(np.exp(given["numbers"] / 3), 2) + 0.01
    return Surv.from_arrays(given["two"].astype(bool), times)


def _of(module, name, /, y=None, X=None, **params):
    """Return a function of a seed that makes and fits, and one that only makes."""

    def make():
        return getattr(importlib.import_module(module), name)(**params)

    def fit(seed):
        given = data(seed)
        rows = given["X"] if X is None else X(seed)
        target = y(seed) if callable(y) else given.get(y)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = make()
            return model.fit(rows) if target is None else model.fit(rows, target), rows, target

    return module.partition(".")[0], make, fit


_BOOST = {"iterations": 6, "depth": 3, "verbose": 0, "allow_writing_files": False}
_EBM = {"n_jobs": 1, "max_rounds": 30, "outer_bags": 2}
_SYMBOLS = {"X": lambda seed: np.random.RandomState(seed).randint(0, 5, (ROWS, 1))}
CODES = ("BackwardDifference", "BaseN", "Binary", "Gray", "Helmert", "OneHot", "Ordinal")
CODES = (*CODES, "Polynomial", "RankHot", "Sum")
MEANS = ("CatBoost", "Count", "JamesStein", "LeaveOneOut", "MEstimate", "Quantile", "Summary")
MEANS = (*MEANS, "Target", "WOE")


def _counts(seed):
    return np.random.RandomState(seed).multinomial(6, [0.2, 0.3, 0.5], ROWS)


MODELS = {
    "CatBoostClassifier": _of("catboost", "CatBoostClassifier", "three", **_BOOST),
    "CatBoostClassifier of two": _of("catboost", "CatBoostClassifier", "two", **_BOOST),
    "CatBoostRegressor": _of("catboost", "CatBoostRegressor", "numbers", **_BOOST),
    "EBM of two": _of("interpret.glassbox", "ExplainableBoostingClassifier", "two", **_EBM),
    "EBM of three": _of("interpret.glassbox", "ExplainableBoostingClassifier", "three", **_EBM),
    "EBM of numbers": _of("interpret.glassbox", "ExplainableBoostingRegressor", "numbers", **_EBM),
    "HDBSCAN": _of("hdbscan", "HDBSCAN", min_cluster_size=5),
    "HDBSCAN for new rows": _of("hdbscan", "HDBSCAN", min_cluster_size=5, prediction_data=True),
    "HDBSCAN with branches": _of(
        "hdbscan", "HDBSCAN", min_cluster_size=5, branch_detection_data=True
    ),
    "RobustSingleLinkage": _of("hdbscan", "RobustSingleLinkage"),
    **{
        f"GaussianHMM {kind}": _of(
            "hmmlearn.hmm", "GaussianHMM", n_components=2, random_state=0, covariance_type=kind
        )
        for kind in ("diag", "full", "tied", "spherical")
    },
    **{
        f"GMMHMM {kind}": _of(
            "hmmlearn.hmm", "GMMHMM", n_components=2, n_mix=2, random_state=0, covariance_type=kind
        )
        for kind in ("diag", "full", "tied", "spherical")
    },
    "CategoricalHMM": _of(
        "hmmlearn.hmm", "CategoricalHMM", n_components=2, random_state=0, **_SYMBOLS
    ),
    "PoissonHMM": _of("hmmlearn.hmm", "PoissonHMM", n_components=2, random_state=0, **_SYMBOLS),
    "MultinomialHMM": _of(
        "hmmlearn.hmm", "MultinomialHMM", n_components=2, random_state=0, n_trials=6, X=_counts
    ),
    "LinearGAM": _of("pygam", "LinearGAM", "numbers"),
    "LogisticGAM": _of("pygam", "LogisticGAM", "two"),
    "ExpectileGAM": _of("pygam", "ExpectileGAM", "numbers"),
    **{
        name: _of(f"pyod.models.{name.lower()}", name)
        for name in ("ABOD", "CBLOF", "COF", "COPOD", "ECOD", "GMM", "HBOS", "IForest", "INNE")
    },
    **{
        name: _of(f"pyod.models.{name.lower()}", name)
        for name in ("KDE", "KNN", "KPCA", "LODA", "LOF", "MCD", "OCSVM", "PCA")
    },
    "MAD": _of("pyod.models.mad", "MAD", X=lambda seed: data(seed)["X"][:, :1]),
    **{
        f"{name}Encoder": _of("category_encoders", f"{name}Encoder", "two", X=table)
        for name in CODES
    },
    **{
        f"{name}Encoder": _of("category_encoders", f"{name}Encoder", "two", X=table)
        for name in MEANS
    },
    "HashingEncoder": _of("category_encoders", "HashingEncoder", X=table, max_process=1),
    **{
        name: _of(f"sksurv.{module}", name, survival, **params)
        for name, module, params in (
            ("RandomSurvivalForest", "ensemble", {"n_estimators": 3, "random_state": 0}),
            ("ExtraSurvivalTrees", "ensemble", {"n_estimators": 3, "random_state": 0}),
            (
                "GradientBoostingSurvivalAnalysis",
                "ensemble",
                {"n_estimators": 3, "random_state": 0},
            ),
            ("SurvivalTree", "tree", {"max_depth": 3, "random_state": 0}),
            ("CoxPHSurvivalAnalysis", "linear_model", {}),
            ("CoxnetSurvivalAnalysis", "linear_model", {"n_alphas": 4}),
        )
    },
    "Coxnet with baselines": _of(
        "sksurv.linear_model",
        "CoxnetSurvivalAnalysis",
        survival,
        n_alphas=4,
        fit_baseline_model=True,
    ),
}


def package_of(name):
    """The package to import for a model."""
    return MODELS[name][0]


def made(name):
    """A model that is not fitted."""
    return MODELS[name][1]()


@cache
def fitted(name, seed=0):
    """A fitted model with its rows and y; tests leave it as it is."""
    return MODELS[name][2](seed)
