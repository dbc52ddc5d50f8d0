"""Real estimators whose summaries and plans read the same on every machine.

What they show follows from shapes and hyperparameters, never from the last digits of a sum: data
are far apart, trees are as deep as they may be, scores are 1.0.
"""

import copy
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skparams import diff, fitted_params, plan, probe, spread, summary
from skparams._records import KeptPlace
from skparams._slim import KeptRows, SlimReport
from skparams._slim.record import DroppedAttribute
from tests.compare.made import usual

__all__ = ["TEXTS"]


class Prototypes(ClassifierMixin, BaseEstimator):
    """A class that nobody has described: the mean of each class."""

    def __init__(self, shrink=0.0):
        self.shrink = shrink

    def fit(self, X, y):
        """Keep the means."""
        self.classes_ = np.unique(y)
        self.prototypes_ = np.array([X[y == each].mean(axis=0) for each in self.classes_])
        self.n_features_in_ = X.shape[1]
        return self


def _rows(n_rows, n_features, n_classes):
    """Return data whose classes are far apart in every column."""
    rng = np.random.RandomState(0)
    y = np.arange(n_rows) % n_classes
    return rng.standard_normal((n_rows, n_features)) + 50 * y[:, None], y


def _table():
    pandas = __import__("pandas")
    X, y = _rows(120, 2, 2)
    towns = np.array(["Bern", "Chur", "Genf"])[np.arange(120) % 3]
    trades = np.array(["baker", "cook", "nurse", "smith"])[np.arange(120) % 4]
    table = {"age": X[:, 0], "income": X[:, 1], "town": towns, "trade": trades}
    return pandas.DataFrame(table), y


def _digits():
    network = MLPClassifier((64, 32), alpha=0.01, max_iter=1, random_state=0)
    return Pipeline([("scaler", StandardScaler()), ("pca", PCA(n_components=20)), ("mlp", network)])


def _pipeline():
    X, y = _rows(300, 64, 10)
    return summary(_digits().fit(X, y), n_samples=300)


def _search():
    steps = [("scaler", StandardScaler()), ("model", LogisticRegression())]
    grid = {"model__C": [0.1, 1.0, 10.0], "model__class_weight": [None, "balanced"]}
    X, y = _rows(60, 8, 2)
    return summary(GridSearchCV(Pipeline(steps), grid, cv=3).fit(X, y), n_samples=60)


def _forest(**more):
    forest = RandomForestClassifier(500, max_depth=1, random_state=0)
    return summary(forest.fit(*_rows(400, 8, 2)), n_samples=400, **more)


def _boosting():
    model = HistGradientBoostingClassifier(max_iter=30, max_depth=1, early_stopping=False)
    return summary(model.fit(*_rows(400, 8, 2)), n_samples=400)


def _boosting_statistics():
    """Return statistics of trees in a pipeline, whose leaves hold the log odds of one split."""
    model = HistGradientBoostingClassifier(max_iter=2, max_depth=1, early_stopping=False)
    steps = [("scaler", StandardScaler()), ("model", model)]
    return summary(Pipeline(steps).fit(np.arange(200.0)[:, None], np.arange(200) > 49), stats=True)


def _settings():
    """Return a network of which one hyperparameter among many decides sizes."""
    chosen = {"alpha": 0.01, "batch_size": 32, "learning_rate": "adaptive", "max_iter": 1}
    network = MLPClassifier((32,), solver="sgd", random_state=0, **chosen)
    return summary(Pipeline([("network", network)]))


def _imputers():
    """Return a pipeline with steps of one name in two branches, and a network."""
    numbers = Pipeline(
        [("imputer", SimpleImputer(strategy="median")), ("scaler", StandardScaler())]
    )
    words = Pipeline([("imputer", SimpleImputer(strategy="most_frequent")), ("codes", _encoder())])
    columns = ColumnTransformer(
        [("numbers", numbers, ["age", "income"]), ("words", words, ["town", "trade"])]
    )
    network = MLPClassifier((8,), max_iter=1, random_state=0)
    return summary(Pipeline([("columns", columns), ("network", network)]).fit(*_table()))


def _encoder():
    return OneHotEncoder(handle_unknown="ignore", sparse_output=False)


def _columns():
    numbers, words = ["age", "income"], ["town", "trade"]
    chosen = [("numbers", StandardScaler(), numbers), ("words", OneHotEncoder(), words)]
    members = [
        ("logistic", LogisticRegression(C=0.1)),
        ("forest", RandomForestClassifier(20, max_depth=1, random_state=0)),
    ]
    stack = StackingClassifier(members, cv=3)
    return Pipeline([("columns", ColumnTransformer(chosen)), ("model", stack)])


def _words():
    model = Pipeline([("words", TfidfVectorizer(min_df=2)), ("model", LogisticRegression())])
    texts = ["the cat sat", "a dog ran far", "the bird flew high", "a cat and a dog"]
    return model, 10 * texts, 10 * [0, 1, 2, 1]


def _voting():
    """Return a model that gives cause to worry: more parameters than rows, and rows kept."""
    X, y = _rows(30, 30, 3)
    members = [
        ("logistic", LogisticRegression(max_iter=1)),
        ("neighbours", KNeighborsClassifier()),
        ("bayes", GaussianNB()),
    ]
    model = VotingClassifier(members).fit(X, y)
    model.estimators_[2].var_[1, 7] = np.nan
    return summary(model, n_samples=30)


def _statistics():
    X = np.array([[0.0, 1.0, 5.0], [2.0, 3.0, 5.0], [0.0, 40.0, 7.0], [4.0, 60.0, 7.0]])
    return summary(GaussianNB().fit(X, [0, 0, 1, 1]), stats=True)


def _names():
    """Return a model with names that are markup, that turn text round, and that are wide."""
    steps = [("<script>alert(1)</script>", StandardScaler()), ("מודל🌲", PCA(n_components=2))]
    steps += [("表" * 60, StandardScaler(with_mean=False))]
    fitted = Pipeline(steps).fit(_rows(20, 3, 2)[0])
    return summary(fitted.set_params(memory="\x1b[31m[red]"))


def _network_plan():
    wide = MLPClassifier((1_000_000, 1_000_000))
    return plan(wide, n_samples=60_000, n_features=784, n_classes=10)


def _search_plan():
    grid = {
        "pca__n_components": [10, 20],
        "mlp__hidden_layer_sizes": [(32,), (64, 32), (128, 64)],
    }
    return plan(GridSearchCV(_digits(), grid), *_rows(300, 64, 10))


def _slimmed():
    """Return a report as it is of a vote by neighbors and a network, a weight matrix a view.

    How many bytes a pickle takes is up to versions.
    """
    network = "estimators_[1]"
    return SlimReport(
        class_name="VotingClassifier",
        dropped=(
            DroppedAttribute(f"{network}__coefs_[0]", "retained", 235_200),
            DroppedAttribute(f"{network}___optimizer", "state", 15_714),
            DroppedAttribute(f"{network}___random_state", "state", 5_141),
            DroppedAttribute(f"{network}__loss_curve_", "diagnostic", 917),
            DroppedAttribute("kmeans__labels_", "output", 480),
        ),
        pickled_before=49_800,
        pickled_after=20_400,
        memory_before=283_600,
        memory_after=19_700,
        n_samples=60,
        compared=("predict", "transform"),
        nondeterministic=("transform",),
        kept_places=(
            KeptPlace("estimators_[0]___fit_X", 60, 9_600),
            KeptPlace("estimators_[0]___y", 60, 480),
        ),
        guessed=("Prototypes",),
    )


def _kept():
    """Return where training rows are, with places that are known and places that are not."""
    places = (
        KeptPlace("classifier__columns___fit_X", 12_000, 9_600_000),
        KeptPlace("classifier__columns___y", 12_000, 96_000),
        KeptPlace("svm__support_vectors_", 340, 272_000),
    )
    return KeptRows("Pipeline", places, ("mine__prototypes_", "mine__cache['rows'][0]"), 500)


def _probed():
    """Return what probing finds, with rows in each table; no error that NumPy words is shown."""
    X, y = _rows(60, 4, 2)
    steps = [("scaler", StandardScaler()), ("tree", DecisionTreeClassifier(max_depth=1))]
    model = Pipeline(steps).set_params(tree__random_state=0).fit(X, y)
    return probe(model, X)


def _made(n_components, C):
    """Return a fitted pipeline whose numbers are put in by hand: they are the same everywhere."""
    steps = [("scaler", StandardScaler()), ("pca", PCA(n_components))]
    model = Pipeline([*steps, ("model", LogisticRegression(C=C))]).fit(*_rows(30, 4, 3))
    for scale, step in enumerate(model, start=int(10 * C)):
        for array in fitted_params(step).values():
            array[...] = np.arange(array.size).reshape(array.shape) % 7 + scale * (array.ndim > 1)
    return model


def _forests_apart():
    """Return two forests with one split a tree, which is at one place and asks for one feature."""
    X = np.arange(40.0)[:, None]
    made = [RandomForestClassifier(n, max_depth=1, bootstrap=False) for n in (5, 7)]
    return diff(*(each.fit(X, X[:, 0] > 9 + 10 * i) for i, each in enumerate(made)))


def _shuffled():
    network = MLPClassifier((3, 2), activation="tanh", max_iter=1, random_state=0)
    before = network.fit(*_rows(30, 4, 3))
    after = copy.deepcopy(before)
    order = [2, 0, 1]
    after.coefs_[0] = -before.coefs_[0][:, order]
    after.intercepts_[0] = -before.intercepts_[0][order]
    after.coefs_[1] = -before.coefs_[1][order]
    after.coefs_[2] = before.coefs_[2] + 1.0
    return diff(before, after, align=True)


def _folds():
    models = [_made(2, C) for C in (0.1, 0.2, 0.4)]
    models[2][2].coef_ *= -1
    return spread(models)


TEXTS = {
    "compare": lambda: usual(interrupted=True, n_splits=20),
    "compare-100": lambda: usual(baseline="logistic", rope=0.01, n_jobs=2),
    "diff-pipeline": lambda: diff(_made(2, 0.1), _made(2, 0.2)),
    "diff-pipeline-60": lambda: diff(_made(2, 0.1), _made(3, 0.2)),
    "diff-classes": lambda: diff(_made(2, 0.1), GaussianNB().fit(*_rows(30, 4, 3))),
    "diff-forest": _forests_apart,
    "diff-aligned": _shuffled,
    "diff-folds": _folds,
    "pipeline": _pipeline,
    "pipeline-60": _pipeline,
    "pipeline-unfitted": lambda: summary(_digits()),
    "search": _search,
    "forest": _forest,
    "boosting": _boosting,
    "boosting-statistics": _boosting_statistics,
    "settings-50": _settings,
    "settings": _settings,
    "imputers": _imputers,
    "forest-opened": partial(_forest, depth=1),
    "columns": lambda: summary(_columns().fit(*_table()), n_samples=120),
    "columns-60": lambda: summary(_columns().fit(*_table()), n_samples=120),
    "mixture": lambda: summary(
        GaussianMixture(3, random_state=0).fit(_rows(150, 4, 3)[0]), n_samples=150
    ),
    "words": lambda: summary(_words()[0].fit(*_words()[1:]), n_samples=40),
    "coefficients": lambda: summary(_made(2, 0.1), coefficients=True),
    "coefficients-40": lambda: summary(_made(2, 0.1)).coefficients(),
    "guessed": lambda: summary(Prototypes(0.5).fit(*_rows(30, 4, 3)), n_samples=30),
    "voting": _voting,
    "slim": _slimmed,
    "slim-60": _slimmed,
    "kept": _kept,
    "kept-40": _kept,
    "statistics": _statistics,
    "names": _names,
    "probe": _probed,
    "probe-50": _probed,
    "plan-network": _network_plan,
    "plan-search": _search_plan,
    "plan-forest": lambda: plan(RandomForestClassifier(min_samples_leaf=5), *_rows(1000, 8, 2)),
    "plan-columns": lambda: plan(_columns(), *_table()),
    "plan-words": lambda: plan(_words()[0], *_words()[1:]),
}
