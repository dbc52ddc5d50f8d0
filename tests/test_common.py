"""What every estimator of scikit-learn's kind does: its checks, and the manners around them."""

import copy
import inspect
import pickle
import re
from collections import Counter

import numpy as np
import pytest
import sklearn
import sklearn.decomposition
import sklearn.neural_network
import sklearn.utils.estimator_checks
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import skparams
import skparams.decomposition

joblib = pytest.importorskip("joblib")
numba = pytest.importorskip("numba")

compiled = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="minutes long when not compiled"
)
quiet = pytest.mark.filterwarnings(f"ignore::{ConvergenceWarning.__module__}.ConvergenceWarning")

# Each with scikit-learn's estimator whose place it takes.
ESTIMATORS = {
    name: getattr(sklearn.neural_network, name) for name in ("MLPClassifier", "MLPRegressor")
}
each_estimator = pytest.mark.parametrize("name", ESTIMATORS)
# Arguments that our fit has beside theirs.
VALIDATION = ["X_val", "y_val", "sample_weight_val"]

# Without n_components all components are kept, those of no variance too, whose directions are
# arbitrary; repeated rows change them.
NO_VARIANCE = {
    f"check_sample_weight_equivalence_on_{kind}_data": "directions of no variance are arbitrary"
    for kind in ("dense", "sparse")
}

WEIGHTS = [f"check_sample_weight_equivalence_on_{kind}_data" for kind in ("dense", "sparse")]
PARTIAL_FIT = [
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
    "check_estimators_partial_fit_n_features",
]
# scikit-learn's MLPClassifier(early_stopping=True) fails them too.
EARLY_STOPPING = {
    **dict.fromkeys(WEIGHTS, "repeated rows are split into other parts"),
    **dict.fromkeys(PARTIAL_FIT, "partial_fit does not support early_stopping"),
    **dict.fromkeys(
        ["check_estimators_nan_inf", "check_classifiers_one_label", "check_fit2d_1feature"],
        "there are too few rows to split",
    ),
}


def failing(estimator):
    """The checks of an estimator that are expected to fail, with the reason."""
    if isinstance(estimator, skparams.PCA):
        return NO_VARIANCE if estimator.n_components is None else {}
    if getattr(estimator, "early_stopping", False):
        return EARLY_STOPPING
    expected = {}
    if getattr(estimator, "class_weight", None) == "balanced":  # as in scikit-learn's SGDClassifier
        expected |= dict.fromkeys(PARTIAL_FIT, "partial_fit does not support 'balanced'")
    if np.any(getattr(estimator, "dropout", 0)):
        expected |= dict.fromkeys(WEIGHTS, "repeated rows lose other units")
    if getattr(estimator, "dtype", None) == "float32":
        expected |= dict.fromkeys(WEIGHTS, "the tolerance of 1e-7 is for float64")
    return expected


def checks_of(estimators):
    """scikit-learn's parametrisation, as a list: its older versions pass a generator on."""
    mark = parametrize_with_checks(estimators, expected_failed_checks=failing).mark
    return pytest.mark.parametrize(mark.args[0], list(mark.args[1]), **mark.kwargs)


@compiled
@quiet
@checks_of([skparams.MLPClassifier(), skparams.MLPRegressor()])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.exhaustive
@compiled
@quiet
@checks_of(
    [
        # a check wants probabilities below 1, which lbfgs does not leave without a penalty
        skparams.MLPClassifier(solver="lbfgs", alpha=0.1),
        skparams.MLPRegressor(solver="lbfgs"),
        skparams.MLPClassifier(solver="sgd", learning_rate="adaptive", learning_rate_init=0.05),
        skparams.MLPRegressor(solver="sgd", learning_rate="adaptive", learning_rate_init=0.01),
    ]
)
def test_scikit_learns_checks_of_other_solvers(estimator, check):
    check(estimator)


@pytest.mark.exhaustive
@compiled
@quiet
@checks_of(
    [
        skparams.MLPClassifier(normalization="batch", learning_rate_init=0.01),
        skparams.MLPRegressor(normalization="batch", learning_rate_init=0.01),
        skparams.MLPClassifier(normalization="layer", activation=["gelu"], init="he"),
        skparams.MLPRegressor(normalization="layer", activation=["mish"], init="orthogonal"),
        skparams.MLPClassifier(dropout=0.1, class_weight="balanced", label_smoothing=0.05),
        skparams.MLPRegressor(dropout=[0.0, 0.1], loss="huber", max_gradient_norm=1.0),
        skparams.MLPClassifier(solver="adamw", learning_rate="one_cycle", learning_rate_init=0.01),
        skparams.MLPRegressor(solver="adamw", learning_rate="one_cycle", learning_rate_init=0.01),
        skparams.MLPRegressor(loss="quantile", quantile=[0.1, 0.5, 0.9]),
        skparams.MLPRegressor(loss="absolute_error", activation="silu", learning_rate="cosine"),
        skparams.MLPClassifier(early_stopping=True, scoring="loss", activation="selu"),
        skparams.MLPClassifier(dtype="float32", activation="leaky_relu"),
        skparams.MLPRegressor(dtype="float32"),
    ]
)
def test_scikit_learns_checks_of_what_it_has_not(estimator, check):
    check(estimator)


@compiled
@checks_of([skparams.PCA(n_components=1)])
def test_scikit_learns_checks_of_pca(estimator, check):
    check(estimator)


@pytest.mark.exhaustive
@compiled
@checks_of(
    [
        skparams.PCA(),
        skparams.PCA(n_components="kaiser"),
        skparams.PCA(n_components=1, svd_solver="full", whiten=True),
        skparams.PCA(n_components=1, svd_solver="randomized", random_state=0),
        skparams.PCA(n_components=1, scale=True),
        skparams.PCA(n_components=1, missing="em"),
        skparams.decomposition.RotatedPCA(skparams.PCA(n_components="kaiser")),
    ]
)
def test_scikit_learns_checks_of_other_pcas(estimator, check):
    check(estimator)


@compiled
@pytest.mark.parametrize("kind", ["dense", "sparse"])
def test_weights_equal_repeated_rows_in_scikit_learns_check(kind):
    name = f"check_sample_weight_equivalence_on_{kind}_data"
    check = getattr(sklearn.utils.estimator_checks, name)
    check("PCA", skparams.PCA(n_components=3))


@pytest.fixture
def data(rng):
    X = rng.standard_normal((40, 3))
    return X, (X[:, 0] + 0.1 * rng.standard_normal(40) > 0).astype(int)


@pytest.fixture
def make():
    def make(name, **arguments):
        arguments = {"hidden_layer_sizes": 4, "max_iter": 3, "random_state": 0} | arguments
        return getattr(skparams, name)(**arguments)

    return make


def same(a, b):
    return all(map(np.array_equal, a.coefs_ + a.intercepts_, b.coefs_ + b.intercepts_))


@each_estimator
def test_arguments_are_scikit_learns_in_its_order(name):
    ours = inspect.signature(getattr(skparams, name)).parameters
    theirs = inspect.signature(ESTIMATORS[name]).parameters
    # additions come after, by keyword only
    assert list(ours)[: len(theirs)] == list(theirs)
    for argument, reference in theirs.items():
        assert ours[argument].default == reference.default, argument
        assert ours[argument].kind == reference.kind, argument
    for argument in list(ours)[len(theirs) :]:
        assert ours[argument].kind is inspect.Parameter.KEYWORD_ONLY


@each_estimator
@pytest.mark.parametrize("method", ["fit", "partial_fit", "predict", "score"])
def test_methods_take_what_scikit_learns_take(name, method):
    ours = inspect.signature(getattr(getattr(skparams, name)(), method)).parameters
    theirs = inspect.signature(getattr(ESTIMATORS[name](), method)).parameters
    assert list(ours)[: len(theirs)] == list(theirs)
    more = list(ours.values())[len(theirs) :]  # validation data, and a checkpoint
    assert [p.default for p in ours.values()][: len(theirs)] == [p.default for p in theirs.values()]
    assert {(p.kind, p.default) for p in more} <= {(inspect.Parameter.KEYWORD_ONLY, None)}
    assert [p.name for p in more] == ([*VALIDATION, "resume"] if method == "fit" else [])


@each_estimator
def test_fitted_attributes_of_scikit_learn_are_there(name, make, data):
    for more in (
        {},
        {"early_stopping": True},
        {"solver": "sgd"},
        {"solver": "lbfgs"},
    ):
        ours = make(name, **more)
        arguments = ours.get_params()
        theirs = ESTIMATORS[name](
            **{key: arguments[key] for key in ESTIMATORS[name]().get_params()}
        )
        with pytest.warns(ConvergenceWarning):
            theirs.fit(*data)
        with pytest.warns(ConvergenceWarning):
            ours.fit(*data)
        public = {key for key in vars(theirs) if key.endswith("_") and not key.startswith("_")}
        missing = {key for key in public if not hasattr(ours, key)}
        assert not missing
        for key in public:
            found, expected = getattr(ours, key), getattr(theirs, key)
            numbers = isinstance(found, int | float) and isinstance(expected, int | float)
            assert numbers or type(found) is type(expected), key


@each_estimator
def test_fitting_changes_no_argument(name, make, data):
    hidden = np.array([3, 2])
    estimator = make(name, hidden_layer_sizes=hidden, random_state=np.random.RandomState(0))
    before = estimator.get_params()
    with pytest.warns(ConvergenceWarning):
        estimator.fit(*data)
    after = estimator.get_params()
    assert all(after[key] is before[key] for key in before)
    np.testing.assert_array_equal(hidden, [3, 2])


@each_estimator
@quiet
def test_clone_and_set_params(name, make, data):
    estimator = make(name, alpha=0.5).fit(*data)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params()
    assert not hasattr(copy, "coefs_")
    assert same(copy.fit(*data), estimator)
    assert copy.set_params(alpha=0.0).alpha == 0.0
    with pytest.raises(ValueError, match="Invalid parameter 'depth'"):
        copy.set_params(depth=3)


@each_estimator
@quiet
@pytest.mark.parametrize("how", ["pickle", "joblib", "joblib_mmap"])
def test_saved_and_loaded(name, how, make, data, tmp_path):
    X, y = data
    estimator = make(name).fit(X, y)
    path = tmp_path / "model"
    if how == "pickle":
        path.write_bytes(pickle.dumps(estimator))
        loaded = pickle.loads(path.read_bytes())
    else:
        joblib.dump(estimator, path)
        loaded = joblib.load(path, mmap_mode="r" if how == "joblib_mmap" else None)
    assert same(loaded, estimator)
    np.testing.assert_array_equal(loaded.predict(X), estimator.predict(X))
    loaded.partial_fit(X, y)
    estimator.partial_fit(X, y)
    assert same(loaded, estimator)


@each_estimator
@quiet
def test_loading_what_another_version_saved_warns(name, make, data):
    version = skparams.__version__.encode()
    saved = pickle.dumps(make(name).fit(*data))
    assert version in saved
    pickle.loads(saved)
    with pytest.warns(UserWarning, match=f"{name} was pickled by skparams"):
        loaded = pickle.loads(saved.replace(version, b"9" * len(version)))
    loaded.predict(data[0])


@each_estimator
@quiet
def test_feature_names(name, make, data):
    pd = pytest.importorskip("pandas")
    X, y = data
    frame = pd.DataFrame(X, columns=["length", "width", "height"])
    estimator = make(name).fit(frame, y)
    assert list(estimator.feature_names_in_) == list(frame.columns)
    estimator.predict(frame)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        estimator.predict(X)
    with pytest.raises(ValueError, match="feature names should match"):
        estimator.predict(frame[["width", "length", "height"]])
    assert not hasattr(make(name).fit(X, y), "feature_names_in_")


@each_estimator
@quiet
def test_early_stopping_scores_without_a_word_on_feature_names(name, make, data):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(data[0], columns=["length", "width", "height"])
    make(name, early_stopping=True).fit(frame, data[1])


@each_estimator
@quiet
def test_sample_weight_is_routed(name, make, data, rng):
    X, y = data
    weights = rng.uniform(0.5, 2, len(y))
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = make(name).set_fit_request(sample_weight=True)
        estimator.set_score_request(sample_weight=True)
        estimator.set_partial_fit_request(sample_weight=True)
        assert estimator.get_metadata_routing().fit.requests["sample_weight"] is True
        pipeline = make_pipeline(StandardScaler(), estimator)
        pipeline[0].set_fit_request(sample_weight=False)
        pipeline.fit(X, y, sample_weight=weights)
        scores = cross_validate(
            estimator, X, y, params={"sample_weight": weights}, cv=2, error_score="raise"
        )
    by_hand = clone(estimator).fit(StandardScaler().fit_transform(X), y, sample_weight=weights)
    assert same(pipeline[-1], by_hand)
    assert np.isfinite(scores["test_score"]).all()


@each_estimator
def test_tags_are_scikit_learns(name):
    ours, theirs = (
        Estimator().__sklearn_tags__() for Estimator in (getattr(skparams, name), ESTIMATORS[name])
    )
    assert ours == theirs
    assert ours.input_tags.sparse
    assert is_classifier(getattr(skparams, name)()) == (name == "MLPClassifier")
    assert is_regressor(getattr(skparams, name)()) == (name == "MLPRegressor")


@each_estimator
@quiet
def test_how_it_shows_itself(name, make, data):
    estimator = make(name, activation="tanh")
    assert repr(getattr(skparams, name)()) == f"{name}()"
    assert "activation='tanh'" in repr(estimator)
    for model in (estimator, estimator.fit(*data)):
        html = model._repr_html_()
        assert name in html
        assert "tanh" in html


@each_estimator
def test_html_escapes_what_a_user_wrote(name):
    html = getattr(skparams, name)(activation="<script>alert(1)</script>")._repr_html_()
    assert "<script>alert(1)" not in html


@each_estimator
@pytest.mark.parametrize(
    "wrong",
    [
        {"alpha": -1},
        {"activation": "swish"},
        {"solver": "newton"},
        {"batch_size": 0},
        {"batch_size": "all"},
        {"learning_rate_init": 0},
        {"max_iter": 0},
        {"momentum": 1.5},
        {"validation_fraction": 1.0},
        {"beta_1": 1.0},
        {"epsilon": 0},
        {"n_iter_no_change": 0},
        {"hidden_layer_sizes": 0},
        {"hidden_layer_sizes": (3, 0)},
        {"hidden_layer_sizes": (3, -2)},
        {"hidden_layer_sizes": "ten"},
        {"shuffle": "yes"},
        {"max_fun": 0},
    ],
    ids=str,
)
def test_wrong_arguments_are_refused_in_scikit_learns_words(name, wrong, data):
    with pytest.raises(ValueError, match=next(iter(wrong))) as theirs:
        ESTIMATORS[name](**wrong).fit(*data)
    with pytest.raises(type(theirs.value)) as ours:
        getattr(skparams, name)(**wrong).fit(*data)
    # the options come from a set, in no order; ours are more
    words = [Counter(re.findall(r"[\w.]+", str(error.value))) for error in (ours, theirs)]
    if next(iter(wrong)) in ("activation", "solver"):
        words = [set(each) - {"among", "be", "str", "."} for each in words]
        assert words[1] <= words[0]
    else:
        assert words[0] == words[1]


def test_the_regressors_loss_is_one_of_ours(data):
    with pytest.raises(ValueError, match="loss"):
        skparams.MLPRegressor(loss="absolute").fit(*data)


@pytest.fixture
def rows(rng):
    return rng.standard_normal((30, 4)) * [4, 3, 2, 1]


def test_pca_takes_what_scikit_learns_takes():
    ours, theirs = skparams.PCA, sklearn.decomposition.PCA
    mine, its = (inspect.signature(cls).parameters for cls in (ours, theirs))
    assert list(mine)[: len(its)] == list(its)
    assert all(mine[key].default == its[key].default for key in its)
    assert all(mine[key].kind == its[key].kind for key in its)
    for key in list(mine)[len(its) :]:
        assert mine[key].kind is inspect.Parameter.KEYWORD_ONLY
    for method in ("fit", "fit_transform", "transform", "inverse_transform", "score",
                   "score_samples", "get_covariance", "get_precision"):  # fmt: skip
        mine, its = (inspect.signature(getattr(cls(), method)).parameters for cls in (ours, theirs))
        assert list(mine)[: len(its)] == list(its)
        assert set(mine) - set(its) <= {"sample_weight"}


def test_pca_has_scikit_learns_fitted_attributes(rows):
    ours, theirs = (cls(2).fit(rows) for cls in (skparams.PCA, sklearn.decomposition.PCA))
    public = {key for key in vars(theirs) if key.endswith("_") and not key.startswith("_")}
    for key in public:
        found, expected = getattr(ours, key), getattr(theirs, key)
        assert isinstance(found, int | float) or type(found) is type(expected), key
        assert np.shape(found) == np.shape(expected), key


def test_pca_tags_are_scikit_learns_but_for_array_api():
    for solver in ("auto", "full", "arpack", "covariance_eigh", "randomized"):
        ours, theirs = (
            cls(svd_solver=solver).__sklearn_tags__()
            for cls in (skparams.PCA, sklearn.decomposition.PCA)
        )
        theirs.array_api_support = False
        assert ours == theirs
    assert skparams.PCA(missing="em").__sklearn_tags__().input_tags.allow_nan


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("how", ["pickle", "joblib", "joblib_mmap", "copy", "clone"])
def test_pca_saved_and_loaded(how, method, rows, tmp_path):
    model = getattr(skparams.PCA(2, whiten=True), method)(rows)
    path = tmp_path / "model"
    if how == "pickle":
        loaded = pickle.loads(pickle.dumps(model))
    elif how == "copy":
        loaded = copy.deepcopy(model)
    elif how == "clone":
        loaded = getattr(clone(model), method)(rows)
    else:
        joblib.dump(model, path)
        loaded = joblib.load(path, mmap_mode="r" if how == "joblib_mmap" else None)
    np.testing.assert_array_equal(loaded.transform(rows), model.transform(rows))
    if method == "partial_fit":
        loaded.partial_fit(rows)
        assert loaded.n_samples_ == 60


def test_pca_saved_by_another_version_warns(rows):
    version = skparams.__version__.encode()
    saved = pickle.dumps(skparams.PCA().fit(rows))
    with pytest.warns(UserWarning, match="PCA was pickled by skparams"):
        pickle.loads(saved.replace(version, b"9" * len(version)))


def test_pca_in_a_pipeline_with_routed_weights(rows):
    weights = np.arange(1.0, 31)
    with sklearn.config_context(enable_metadata_routing=True):
        pca = skparams.PCA(2).set_fit_request(sample_weight=True)
        pca.set_partial_fit_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), pca)
        pipeline.fit(rows, sample_weight=weights)
    by_hand = skparams.PCA(2).fit(StandardScaler().fit_transform(rows), sample_weight=weights)
    np.testing.assert_array_equal(pipeline[-1].components_, by_hand.components_)
    assert "PCA" in pipeline._repr_html_()
    assert repr(skparams.PCA(2, scale=True)) == "PCA(n_components=2, scale=True)"


def test_pca_changes_no_argument(rows):
    seed = np.random.RandomState(0)
    model = skparams.PCA(2, svd_solver="randomized", random_state=seed)
    before = model.get_params()
    model.fit(rows)
    assert all(model.get_params()[key] is before[key] for key in before)
