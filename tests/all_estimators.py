"""Every estimator of scikit-learn, and our networks for tables, fitted on data that they accept."""

import pickle
import warnings
from functools import cache

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

from skparams import TabularMLPClassifier, TabularMLPRegressor
from tests.sweep import sweep

N, P, K = 60, 5, 3  # rows, features, classes

# Ours that are like none of scikit-learn's, and settings that take little time.
_OURS = {each.__name__: each for each in (TabularMLPClassifier, TabularMLPRegressor)}
_SMALL = {"n_members": 2, "hidden_layer_sizes": 4, "max_iter": 2, "random_state": 0}
# Arguments that _construct_instances leaves at defaults which cannot be fitted on small data.
_ARGUMENTS = {
    **dict.fromkeys(_OURS, _SMALL),
    "SparseCoder": {"dictionary": np.eye(P)},
    "SelectKBest": {"k": 2},
    "GenericUnivariateSelect": {"param": 50},
    "ColumnTransformer": {"transformers": [("scale", StandardScaler(), [0, 1])]},
    "FeatureUnion": {"transformer_list": [("scale", StandardScaler())]},
    "Pipeline": {"steps": [("scale", StandardScaler()), ("model", LogisticRegression())]},
    "TargetEncoder": {"target_type": "continuous"},
}
_POSITIVE = {"positive_only"}
_TEXT = ("HashingVectorizer", "TfidfVectorizer", "CountVectorizer")


@cache  # it looks through all modules of scikit-learn
def classes():
    """The classes of all estimators by name, in scikit-learn's order, and ours."""
    return dict(all_estimators()) | _OURS


def names():
    """Names of all estimators."""
    return list(classes())


# One of each kind, for the runs that are not exhaustive.
FEW = (
    "ColumnTransformer",
    "CountVectorizer",
    "GaussianMixture",
    "GridSearchCV",
    "HistGradientBoostingRegressor",
    "KMeans",
    "KNeighborsClassifier",
    "LogisticRegression",
    "MLPClassifier",
    "PCA",
    "Pipeline",
    "RandomForestClassifier",
    "SVC",
    "StandardScaler",
    "TabularMLPRegressor",
)
each_estimator = pytest.mark.parametrize("name", sweep(names(), FEW))


def instances(name):
    """The instances that scikit-learn itself tests a class with."""
    cls = classes()[name]
    if name in _ARGUMENTS:
        return [cls(**_ARGUMENTS[name])]
    if name in _TEXT:
        return [cls()]
    if name == "FrozenEstimator":
        return [cls(fit(LogisticRegression())[0])]
    made = list(_construct_instances(cls))
    for estimator in made:
        if "random_state" in estimator.get_params(deep=False):
            estimator.set_params(random_state=0)
    return made


def data_for(estimator):
    """X and y that suit an estimator's tags."""
    name, tags = type(estimator).__name__, estimator.__sklearn_tags__()
    rng = np.random.RandomState(0)
    y = np.arange(N) % K
    X = rng.standard_normal((N, P)) + y[:, None]
    target = X @ np.arange(1.0, P + 1) + rng.standard_normal(N)
    if name in _TEXT:
        return [f"one{i % 7} two{i % 3} three" for i in range(N)], y
    if name == "FeatureHasher":
        return [{"a": 1.0, f"b{i % 4}": 2.0} for i in range(N)], y
    if name == "DictVectorizer":
        return [{"a": 1.0, "b": f"value{i % 4}"} for i in range(N)], y
    if name == "PatchExtractor":
        return rng.standard_normal((2, 12, 12)), None
    if name == "TfidfTransformer":
        return CountVectorizer().fit_transform(f"one{i % 7} two{i % 3}" for i in range(N)), y
    if name == "LabelBinarizer" or name == "LabelEncoder":
        return y, None
    if name == "MultiLabelBinarizer":
        return [(int(i),) for i in y], None
    if name == "IsotonicRegression":
        return X[:, 0], target
    if tags.input_tags.categorical and not tags.input_tags.allow_nan:
        X = np.abs(X).round()
    if tags.input_tags.positive_only or name in ("PoissonRegressor", "GammaRegressor"):
        X = np.abs(X)
    if tags.input_tags.pairwise:
        X = X @ X.T if "Kernel" in name else np.abs(X @ X.T)
    if name == "KernelCenterer":
        X = X @ X.T
    if name in ("MultiOutputClassifier", "ClassifierChain"):
        return X, np.column_stack([y > 0, y > 1]).astype(int)
    if tags.target_tags.multi_output and not tags.target_tags.single_output:
        return X, np.column_stack([target, target + X[:, 0]])
    if tags.target_tags.positive_only:
        return X, np.abs(target) + 1
    if tags.estimator_type == "classifier":
        if not tags.classifier_tags.multi_class:
            return X, (y > 0).astype(int)
        return X, y
    if tags.estimator_type == "outlier_detector":
        return X, None
    if tags.estimator_type == "regressor" or isinstance(estimator, Ridge):
        return X, target
    return X, y


def fit(estimator):
    """Fit on data that suit; warnings about small data are not what is looked at."""
    X, y = data_for(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (estimator.fit(X) if y is None else estimator.fit(X, y)), X, y


def fitted(name):
    """Copies of the instances, fitted, each with its X and y; the fits are shared by all tests."""
    return [pickle.loads(each) for each in _pickled(name)]


@cache
def _pickled(name):
    return [pickle.dumps(fit(estimator)) for estimator in instances(name)]
