"""Every estimator of scikit-learn comes back and predicts the same, or is refused."""

import pickle
import re
import warnings

import numpy as np
import pytest
from safetensors import safe_open
from scipy import sparse
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

import skparams
from skparams import inspect_params, load_params, save_params, summary
from tests.all_estimators import each_estimator, fit, instances, names
from tests.params.test_restore import identical, results

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.usefixtures("without_fsync"),
]

SIZES = (1, 2, 3, 7, 33, None)
# What labels its training rows and no others.
NO_METHODS = {
    *("AgglomerativeClustering", "ClassicalMDS", "DBSCAN", "HDBSCAN", "MDS", "OPTICS"),
    *("SpectralBiclustering", "SpectralClustering", "SpectralCoclustering", "SpectralEmbedding"),
    "TSNE",
}


def shown(found):
    """The text, without what pickle takes, which depends on strings that are the same object."""
    return re.sub(r"[\d.]+ \w*B pickled", "pickled", str(found))


def rows(X, n):
    return X if n is None else X[:n]


def has_gaps(model):
    """Whether a matrix has gaps in memory, which files do not keep.

    BLAS multiplies such a matrix by other code on some processors, which rounds otherwise: so those
    of TruncatedSVD, a part of a larger matrix.
    """
    matrices = [a for a in vars(model).values() if isinstance(a, np.ndarray) and a.ndim == 2]
    return not all(a.flags.c_contiguous or a.flags.f_contiguous for a in matrices)


def assert_same_results(loaded, model, X, sizes=SIZES):
    for n in sizes:
        expected, found = results(model, rows(X, n)), results(loaded, rows(X, n))
        assert expected.keys() == found.keys()
        different = [m for m in expected if not identical(found[m], expected[m])]
        if different and has_gaps(model):
            for m in different:
                np.testing.assert_allclose(found[m], expected[m], rtol=1e-12, atol=1e-14)
        else:
            assert different == []


def assert_kept(model, X, path, sizes=SIZES):
    """Both ways of loading give the same; nothing is changed by saving, nor by saving twice."""
    winner = getattr(model, "best_estimator_", model)
    save_params(model, path)
    first = path.read_bytes()
    save_params(model, path)
    assert path.read_bytes() == first
    for verify in (True, False):
        loaded = load_params(path, verify=verify)
        assert type(loaded) is type(winner)
        assert_same_results(loaded, winner, X, sizes)
    if winner is model:
        assert shown(inspect_params(path)) == shown(summary(loaded))
    assert summary(loaded).totals == summary(winner).totals
    save_params(loaded, path)
    assert_same_results(load_params(path), winner, X, sizes[:1])


@each_estimator
def test_the_same_bits_or_refused(name, tmp_path):
    path = tmp_path / "file"
    for estimator in instances(name):
        model, X, _ = fit(estimator)
        if name in NO_METHODS:
            with pytest.raises(ValueError, match=f"save_params: {name} has no method"):
                save_params(model, path)
            assert not path.exists()
            continue
        pairwise = estimator.__sklearn_tags__().input_tags.pairwise or name == "KernelCenterer"
        assert_kept(model, X, path, (None,) if pairwise else SIZES)


def test_most_estimators_are_kept():
    assert len(set(names()) - NO_METHODS) >= 150


rng = np.random.RandomState(0)
X = rng.standard_normal((150, 6))
Y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype(int) + (X[:, 2] > 1)
TEXT = np.array(["red", "green", "blue"])[Y]
TARGET = X @ np.arange(6.0) + rng.standard_normal(150)
WITH_NAN = np.where(rng.random_sample(X.shape) < 0.2, np.nan, X)
NAMES = np.array([[f"a{i % 3}", f"b{i % 5}"] for i in range(150)], object)

COMBINED = {
    "pipeline": (make_pipeline(StandardScaler(), LogisticRegression()), X, TEXT),
    "union": (
        make_pipeline(FeatureUnion([("a", StandardScaler()), ("b", SelectKBest(k=2))]), SVC()),
        X,
        Y,
    ),
    "voting": (
        VotingClassifier(
            [("a", LogisticRegression()), ("b", KNeighborsClassifier()), ("c", SVC())],
        ),
        X,
        TEXT,
    ),
    "stacking": (
        StackingClassifier(
            [("a", SGDClassifier(random_state=0)), ("b", DecisionTreeClassifier(random_state=0))],
            final_estimator=LogisticRegression(),
            cv=KFold(3),
        ),
        X,
        TEXT,
    ),
    "stacking of fitted": (
        StackingClassifier([("a", LogisticRegression().fit(X, Y))], cv="prefit"),
        X,
        Y,
    ),
    "calibrated": (CalibratedClassifierCV(SVC(), ensemble=False), X, Y),
    "isotonic": (CalibratedClassifierCV(LogisticRegression(), method="isotonic"), X, Y),
    "bagging of pipelines": (
        BaggingClassifier(make_pipeline(StandardScaler(), SVC(probability=False)), random_state=0),
        X,
        Y,
    ),
    "one against the rest": (OneVsRestClassifier(KNeighborsClassifier(metric="manhattan")), X, Y),
    "search": (
        GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [0.1, 1.0]}, cv=3),
        X,
        Y,
    ),
    "search in a pipeline": (
        make_pipeline(StandardScaler(), GridSearchCV(SVC(), {"C": [0.1, 1.0]}, cv=3)),
        X,
        Y,
    ),
    "sparse": (SVC(kernel="linear"), sparse.csr_matrix(np.where(X > 0, X, 0)), Y),
    "sparse neighbors": (KNeighborsClassifier(), sparse.csr_matrix(np.where(X > 0, X, 0)), Y),
    "kernels": (GaussianProcessRegressor(2.0 * RBF([1.0] * 6) + WhiteKernel()), X, TARGET),
    "missing": (
        make_pipeline(
            SimpleImputer(add_indicator=True), HistGradientBoostingClassifier(max_iter=9)
        ),
        WITH_NAN,
        TEXT,
    ),
    "forest of missing": (RandomForestClassifier(20, random_state=0), WITH_NAN, TEXT),
    "several targets": (
        RandomForestRegressor(9, random_state=0),
        X,
        np.column_stack([TARGET, -TARGET]),
    ),
    "several classes": (
        RandomForestClassifier(9, random_state=0),
        X,
        np.column_stack([Y, Y > 0]),
    ),
    "quantile": (HistGradientBoostingRegressor(loss="quantile", quantile=0.3), X, TARGET),
    "boosting": (GradientBoostingClassifier(n_estimators=9, init=LogisticRegression()), X, TEXT),
    "encoders": (
        make_pipeline(
            ColumnTransformer(
                [
                    (
                        "a",
                        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20),
                        [0],
                    ),
                    (
                        "b",
                        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
                        [1],
                    ),
                ]
            ),
            Ridge(),
        ),
        NAMES,
        TARGET,
    ),
    "splines": (
        make_pipeline(
            ColumnTransformer(
                [
                    ("a", SplineTransformer(extrapolation="periodic"), [0, 1]),
                    ("b", KBinsDiscretizer(quantile_method="averaged_inverted_cdf"), slice(2, 4)),
                    ("c", PolynomialFeatures(), [4, 5]),
                    ("d", "passthrough", [True, False, False, False, False, False]),
                    ("e", "drop", [1]),
                ],
                sparse_threshold=0,
            ),
            Ridge(),
        ),
        X,
        TARGET,
    ),
    "functions without functions": (make_pipeline(FunctionTransformer(), Ridge()), X, TARGET),
    "float32": (make_pipeline(StandardScaler(), Ridge()), X.astype(np.float32), TARGET),
    "ours": (
        make_pipeline(
            StandardScaler(),
            skparams.PCA(0.9, whiten=True),
            skparams.MLPClassifier((8, 8), max_iter=20, normalization="batch", dropout=0.1),
        ),
        X,
        TEXT,
    ),
    "ours, missing": (skparams.PCA(2, missing="em", scale=True), WITH_NAN, None),
    "ours, quantiles": (
        skparams.MLPRegressor(max_iter=20, loss="quantile", quantile=[0.1, 0.5, 0.9]),
        X,
        TARGET,
    ),
}


@pytest.mark.parametrize("name", COMBINED)
def test_estimators_in_estimators(name, tmp_path):
    model, data, y = COMBINED[name]
    model = clone(model) if name != "stacking of fitted" else model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data, y)
    assert_kept(model, data, tmp_path / "file")


@pytest.mark.parametrize("p", [3, 8, 64])
def test_components_that_run_backwards_in_memory(p, tmp_path):
    """ARPACK finds the smallest first; BLAS gives other last bits for a copy in C order."""
    data = np.random.RandomState(0).standard_normal((100, p))
    for k in range(1, min(p, 6)):
        model = PCA(k, svd_solver="arpack", random_state=0).fit(data)
        assert model.components_.strides[0] < 0 or k == 1
        assert_kept(model, data, tmp_path / "file")


def test_data_frames_by_the_names_of_their_columns(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"n": X[:, 0], "é|\n": X[:, 1], "c": NAMES[:, 0]})
    model = make_pipeline(
        ColumnTransformer(
            [
                ("a", StandardScaler(), make_column_selector(dtype_include=float)),
                ("b", OneHotEncoder(sparse_output=False), ["c"]),
            ]
        ).set_output(transform="pandas"),
        LogisticRegression(),
    ).fit(frame, TEXT)
    save_params(model, tmp_path / "file")
    loaded = load_params(tmp_path / "file")
    assert loaded.feature_names_in_.tolist() == ["n", "é|\n", "c"]
    pandas.testing.assert_frame_equal(loaded[:-1].transform(frame), model[:-1].transform(frame))
    np.testing.assert_array_equal(loaded.predict_proba(frame), model.predict_proba(frame))
    with pytest.raises(ValueError, match="columns are missing"):
        loaded.predict(frame[["n", "c"]])


def test_the_best_of_a_search_says_so(tmp_path):
    search = GridSearchCV(SVC(), {"C": [0.1, 10.0]}, cv=3).fit(X, Y)
    save_params(search, tmp_path / "file")
    assert search.best_params_["C"] == load_params(tmp_path / "file").C
    text = str(inspect_params(tmp_path / "file"))
    assert f"best_params_  {search.best_params_}" in text
    assert f"best_score_   {search.best_score_:.4g}" in text


FUNCTIONS = {
    "func": make_pipeline(FunctionTransformer(np.log1p), Ridge()),
    "metric": KNeighborsClassifier(metric=lambda a, b: abs(a - b).sum(), algorithm="brute"),
    "kernel": SVC(kernel=lambda a, b: a @ b.T),
    "score_func": make_pipeline(SelectKBest(lambda X, y: X.sum(0), k=2), Ridge()),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_refused_by_name(name, tmp_path):
    model = clone(FUNCTIONS[name]).fit(np.abs(X), Y)
    with pytest.raises(TypeError, match=f"save_params: .*{name}.* is the function "):
        save_params(model, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_training_goes_on_with_the_state(tmp_path):
    for model in (
        skparams.MLPClassifier((5,), random_state=0),
        skparams.PCA(2),
        SGDClassifier(random_state=0),
    ):
        more = {} if isinstance(model, skparams.PCA) else {"classes": [0, 1, 2]}
        y = None if isinstance(model, skparams.PCA) else Y
        model.partial_fit(X, y, **more)
        save_params(model, tmp_path / "file", state=True)
        loaded = load_params(tmp_path / "file")
        for _ in range(3):
            model.partial_fit(X[::-1], None if y is None else y[::-1])
            loaded.partial_fit(X[::-1], None if y is None else y[::-1])
        assert_same_results(loaded, model, X)


def test_arrays_have_the_names_of_fitted_params(tmp_path):
    model = make_pipeline(StandardScaler(), skparams.PCA(2), skparams.MLPClassifier(max_iter=9))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save_params(model.fit(X, Y), tmp_path / "file")
    with safe_open(tmp_path / "file", framework="numpy") as file:
        stored = set(file.keys())
    arrays = {path for path, value in skparams.fitted_params(model).items() if value.ndim}
    assert arrays <= stored


def test_boosting_of_categories(tmp_path):
    categories = np.column_stack([X, np.arange(150) % 5])
    model = HistGradientBoostingClassifier(max_iter=9, categorical_features=[6])
    assert_kept(model.fit(categories, Y), categories, tmp_path / "file")
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"n": X[:, 0], "c": pandas.Categorical(TEXT)})
    model.set_params(categorical_features="from_dtype").fit(frame, Y)
    assert_kept(model, frame, tmp_path / "file", (None,))


INTO = {
    "unfitted": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "fitted": lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(X[::-1], Y),
}


@pytest.mark.parametrize("name", INTO)
def test_into_an_estimator_that_is_there(name, tmp_path):
    model, into = INTO["unfitted"]().fit(X, Y), INTO[name]()
    steps = [step for _, step in into.steps]
    steps[1].left_over = 5
    save_params(model, tmp_path / "file")
    assert load_params(tmp_path / "file", into=into) is into
    assert [step for _, step in into.steps] == steps
    assert not hasattr(steps[1], "left_over")
    assert_same_results(into, model, X)


def test_callbacks_stay_where_parameters_are_loaded(tmp_path):
    model, into = skparams.PCA(2).fit(X), skparams.PCA(2)
    if not hasattr(into, "set_callbacks"):
        pytest.skip("needs scikit-learn 1.9")
    monitor = skparams.ParamMonitor()
    save_params(model, tmp_path / "file")
    load_params(tmp_path / "file", into=into.set_callbacks(monitor))
    assert into._skl_callbacks == [monitor]


NOT_INTO = {
    "into has a LogisticRegression, the file a Pipeline": LogisticRegression(),
    "at svc of the Pipeline, into has a SVC, the file nothing": make_pipeline(
        StandardScaler(), SVC()
    ),
    "into has logisticregression__C=2": make_pipeline(StandardScaler(), LogisticRegression(C=2)),
    "at logisticregression of the Pipeline, into has a SVC, the file a Log": Pipeline(
        [("standardscaler", StandardScaler()), ("logisticregression", SVC())]
    ),
    "coef_ of into has the shape": make_pipeline(StandardScaler(), LogisticRegression()).fit(
        X[:, :3], Y
    ),
}


@pytest.mark.parametrize("message", NOT_INTO)
def test_into_another_estimator_is_an_error_and_changes_nothing(message, tmp_path):
    into = NOT_INTO[message]
    before = pickle.dumps(into)
    save_params(INTO["fitted"](), tmp_path / "file")
    with pytest.raises(ValueError, match=f"load_params: .*{message}"):
        load_params(tmp_path / "file", into=into)
    assert pickle.dumps(into) == before
