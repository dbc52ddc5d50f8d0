"""Pipelines and other estimators with ours inside, through skl2onnx."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from skparams import PCA, MLPClassifier, MLPRegressor, to_onnx
from tests.onnx.running import outputs, worst_error
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge

BATCHES = (slice(None), slice(0, 1), slice(3, 5), slice(0, 33))
TOLERANCE = {np.float32: 1e-5, np.float64: 1e-10}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def classifier(**arguments):
    return MLPClassifier((6,), max_iter=20, random_state=0, **arguments)


def regressor(**arguments):
    return MLPRegressor(hidden_layer_sizes=(6,), max_iter=20, random_state=0, **arguments)


def scaled(*steps):
    return make_pipeline(StandardScaler(), *steps)


PIPELINES = {
    "standard": scaled(classifier()),
    "standard without mean": make_pipeline(StandardScaler(with_mean=False), classifier()),
    "standard without scale": make_pipeline(StandardScaler(with_std=False), regressor()),
    "robust": make_pipeline(RobustScaler(), classifier()),
    "min max": make_pipeline(MinMaxScaler(), classifier()),
    "min max clipped": make_pipeline(MinMaxScaler((-1, 2), clip=True), regressor()),
    "max abs": make_pipeline(MaxAbsScaler(), classifier()),
    "pca and network": make_pipeline(PCA(2, whiten=True), classifier(activation="gelu")),
    "scaler, pca and network": scaled(PCA(0.9, scale=True), regressor(loss="huber")),
    "pca and theirs": make_pipeline(PCA(2), LogisticRegression()),
    "imputer": make_pipeline(SimpleImputer(), StandardScaler(), classifier()),
    "union": make_pipeline(
        FeatureUnion(
            [("pca", PCA(2)), ("scaler", StandardScaler())], transformer_weights={"pca": 2.0}
        ),
        classifier(),
    ),
    "columns": make_pipeline(
        ColumnTransformer([("pca", PCA(2), [0, 1, 2]), ("scaler", StandardScaler(), [1, 3])]),
        classifier(),
    ),
    "columns, others passed": make_pipeline(
        ColumnTransformer([("pca", PCA(2), [0, 1])], remainder="passthrough"),
        StandardScaler(),
        regressor(),
    ),
    "passthrough": scaled("passthrough", None, classifier()),
    "selected": make_pipeline(SelectKBest(k=2), StandardScaler(), classifier()),
    "voting": VotingClassifier(
        [("ours", scaled(classifier())), ("theirs", scaled(LogisticRegression()))],
        voting="soft",
        flatten_transform=False,
    ),
    "voting regressor": scaled(VotingRegressor([("ours", regressor()), ("theirs", Ridge())])),
    "voting regressor of quantiles": scaled(
        VotingRegressor([("ours", regressor(loss="quantile", quantile=[0.1, 0.5])), ("r", Ridge())])
    ),
    "stacking": scaled(
        StackingClassifier([("ours", classifier()), ("theirs", LogisticRegression())], cv=2)
    ),
    "stacking regressor": scaled(
        StackingRegressor([("ours", regressor()), ("theirs", Ridge())], regressor(), cv=2)
    ),
    "calibrated": scaled(CalibratedClassifierCV(classifier(), cv=2)),
    "bagging": scaled(BaggingClassifier(classifier(), 3, random_state=0)),
    "bagging regressor": scaled(BaggingRegressor(regressor(), 3, random_state=0)),
    "several outputs": scaled(MultiOutputRegressor(regressor())),
    "search": GridSearchCV(scaled(classifier()), {"mlpclassifier__alpha": [0.1, 1]}, cv=2),
    "random search": RandomizedSearchCV(
        scaled(classifier()), {"mlpclassifier__alpha": [0.1, 1]}, n_iter=2, cv=2
    ),
    "search inside": scaled(GridSearchCV(classifier(), {"alpha": [0.1, 1]}, cv=2)),
    "search of pca": make_pipeline(
        GridSearchCV(PCA(), {"n_components": [1, 2]}, cv=2), classifier()
    ),
    "theirs alone": scaled(LogisticRegression()),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", sweep([1e5, 0.0], 1))
@pytest.mark.parametrize("name", PIPELINES)
def test_pipeline(name, offset, dtype, rng):
    score = rng.standard_normal(80)
    X = (np.column_stack([score, rng.standard_normal((80, 3))]) + offset).astype(dtype)
    model = clone(PIPELINES[name])
    if is_regressor(model):
        y = np.column_stack([score, -score]) if name == "several outputs" else score
    else:
        y = np.digitize(score, [-0.5, 0.5])
    assert worst_error(model.fit(X, y), X, BATCHES) < TOLERANCE[dtype]


def frame(rng, dtype=np.float64, offset=0.0):
    return pd.DataFrame(
        {
            "sepal length (cm)": (rng.standard_normal(80) + offset).astype(dtype),
            "width": (3 * rng.standard_normal(80)).astype(dtype),
            "rooms": rng.integers(0, 5, 80),
            "town": rng.choice(["Ulm", "Köln", "St. Gallen"], 80),
            "kind": rng.choice(["p", "q"], 80),
        }
    )


NUMBERS, TEXTS = ["sepal length (cm)", "width"], ["town", "kind"]


def one_hot(**arguments):
    return OneHotEncoder(sparse_output=False, **arguments)


FRAMES = {
    "numbers": scaled(regressor()),
    "network alone": regressor(),
    "pca alone": PCA(1),
    "texts and numbers": make_pipeline(
        ColumnTransformer([("t", one_hot(), TEXTS), ("n", StandardScaler(), NUMBERS)]), regressor()
    ),
    "numbers and texts, integers too": make_pipeline(
        ColumnTransformer([("n", StandardScaler(), [*NUMBERS, "rooms"]), ("t", one_hot(), TEXTS)]),
        regressor(),
    ),
    "categories of integers": make_pipeline(
        ColumnTransformer([("t", one_hot(), ["rooms", "town"]), ("n", PCA(1), NUMBERS)]),
        PCA(3),
        regressor(),
    ),
    "sparse, unknown ones ignored": make_pipeline(
        ColumnTransformer(
            [("t", OneHotEncoder(handle_unknown="ignore"), TEXTS), ("n", StandardScaler(), NUMBERS)]
        ),
        regressor(),
    ),
    "ordinal": make_pipeline(
        ColumnTransformer([("t", OrdinalEncoder(), TEXTS), ("n", StandardScaler(), NUMBERS)]),
        regressor(),
    ),
    "imputed": make_pipeline(
        ColumnTransformer(
            [
                ("t", one_hot(), TEXTS),
                ("n", make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS),
            ]
        ),
        regressor(),
    ),
    "chosen by dtype": make_pipeline(
        make_column_transformer(
            (StandardScaler(), make_column_selector(dtype_include="number")),
            (one_hot(), make_column_selector(dtype_exclude="number")),
        ),
        regressor(),
    ),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1e5])
@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_an_input_for_each_column(name, offset, dtype, rng):
    X = frame(rng, dtype, offset)
    X = X[NUMBERS] if name in ("numbers", "network alone", "pca alone") else X
    model = clone(FRAMES[name]).fit(X, X["width"].to_numpy())
    graph = to_onnx(model, X)
    assert len(graph.graph.input) == X.shape[1]
    assert graph.graph.input[0].name == "sepal_length__cm_"  # a name as ONNX allows them
    assert worst_error(model, X, BATCHES, graph=graph) < TOLERANCE[dtype]


def test_other_frames(rng):
    X = frame(rng)
    y = X["width"].to_numpy()
    model = FRAMES["texts and numbers"]
    of_categories = X.astype(dict.fromkeys(TEXTS, "category"))
    numbered = X[NUMBERS].set_axis([0, 1], axis=1)
    for each, estimator in (
        (pl.from_pandas(X[NUMBERS]), scaled(regressor())),
        (of_categories, model),
        (numbered, scaled(regressor())),
    ):
        assert worst_error(clone(estimator).fit(each, y), each) < 1e-10


def test_features_that_are_no_floating_point_numbers(rng):
    """predict converts them to float64, and so do networks, PCA and scalers in a graph."""
    X = rng.integers(0, 200, (80, 3))
    for dtype in (np.int64, np.int32, np.int8, np.uint8, bool):
        each = (X > 100 if dtype is bool else X // 2).astype(dtype)
        y = each[:, 0].astype(float)
        assert worst_error(regressor().fit(each, y), each) < 1e-6
    large = X + 2**40  # which float32 does not have
    for model in (PCA(2), scaled(regressor())):
        assert worst_error(model.fit(large, X[:, 0]), large) < 1e-6
    texts = X[:, :1].astype(str).astype(object)
    assert worst_error(make_pipeline(one_hot(), regressor()).fit(texts, X[:, 0]), texts) < 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("missing", [np.nan, -1.0])
@pytest.mark.parametrize("strategy", ["mean", "median", "most_frequent", "constant"])
def test_missing_values_are_imputed(strategy, missing, dtype, rng):
    X = (rng.standard_normal((80, 3)) + 1e5).astype(dtype)
    y = X[:, 0] - 1e5
    X[rng.random(X.shape) < 0.2] = missing
    X[0] = 1e5
    imputer = SimpleImputer(missing_values=missing, strategy=strategy)
    assert worst_error(make_pipeline(imputer, PCA(2)).fit(X), X) < TOLERANCE[dtype]
    assert worst_error(make_pipeline(imputer, regressor()).fit(X, y), X) < 1e-3


def test_probabilities_are_a_tensor_wherever_the_classifier_is(rng):
    X = rng.standard_normal((80, 3))
    y = np.digitize(X[:, 0], [-0.5, 0.5])
    for model in (
        classifier(),
        scaled(scaled(classifier())),
        GridSearchCV(scaled(classifier()), {"mlpclassifier__alpha": [1]}, cv=2),
        scaled(RandomForestClassifier(3, max_depth=2, random_state=0)),
    ):
        graph = to_onnx(model.fit(X, y), X)
        assert [output.name for output in graph.graph.output] == ["label", "probabilities"]
        for found in outputs(graph, X):
            assert found["probabilities"].shape == (80, 3)
