"""scikit-learn's checks of the networks for tables, and the manners around them."""

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import skparams
from skparams import TabularMLPClassifier, TabularMLPRegressor
from tests.neural_network.tabular.small import ESTIMATORS, data, fitted, make, same

numba = pytest.importorskip("numba")

without_jit = bool(numba.config.DISABLE_JIT)
each_kind = pytest.mark.parametrize("kind", ESTIMATORS)

# scikit-learn lists them for its histogram boosting too.
WEIGHTS = {
    f"check_sample_weight_equivalence_on_{kind}_data": "repeated rows are in other folds"
    for kind in ("dense", "sparse")
}
# Of networks of two units that are trained for two epochs.
LEFT_OUT = WEIGHTS | {
    "check_class_weight_classifiers": "sets max_iter=1000, which takes seconds when not compiled",
    "check_classifiers_train": "two epochs do not fit",
    "check_regressors_train": "two epochs do not fit",
}
AT_DEFAULTS = [TabularMLPClassifier(), TabularMLPRegressor()]
SMALL = [
    cls(n_members=2, hidden_layer_sizes=2, max_iter=2)
    for cls in (TabularMLPClassifier, TabularMLPRegressor)
]


def checks_of(estimators, expected):
    """scikit-learn's parametrization, as a list: its older versions pass a generator on."""
    mark = parametrize_with_checks(estimators, expected_failed_checks=lambda _: expected).mark
    return pytest.mark.parametrize(mark.args[0], list(mark.args[1]), **mark.kwargs)


@pytest.mark.exhaustive
@pytest.mark.skipif(without_jit, reason="minutes long when not compiled")
@checks_of(AT_DEFAULTS, WEIGHTS)
def test_scikit_learns_checks_at_the_defaults(estimator, check):
    check(estimator)


@checks_of(SMALL, {})
def test_scikit_learns_checks_of_small_ones(estimator, check):
    if check.func.__name__ in LEFT_OUT:
        pytest.skip(LEFT_OUT[check.func.__name__])
    check(estimator)


@each_kind
def test_clone_and_set_params(kind):
    model = fitted(kind, dropout=0.1)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "members_")
    assert same(copy.fit(*data(kind)), model)
    assert copy.set_params(dropout=0.0).dropout == 0.0
    with pytest.raises(ValueError, match="Invalid parameter 'depth'"):
        copy.set_params(depth=3)


@each_kind
def test_fit_changes_no_hyperparameter(kind):
    sizes, random_state = [4, 3], np.random.RandomState(0)
    model = make(kind, hidden_layer_sizes=sizes, random_state=random_state)
    before = model.get_params()
    model.fit(*data(kind))
    assert all(model.get_params()[name] is before[name] for name in before)
    assert sizes == [4, 3]


@each_kind
def test_nothing_is_left_of_an_earlier_fit(kind):
    X, y = data(kind)
    model = fitted(kind, **{"loss": "quantile"} if kind == "regressor" else {})
    model.set_params(oof=False, **{"loss": "huber"} if kind == "regressor" else {})
    model.fit(X[:, :2], y > 0 if kind == "classifier" else np.column_stack([y, y]))
    fresh = clone(model).fit(X[:, :2], y > 0 if kind == "classifier" else np.column_stack([y, y]))
    assert set(vars(model)) == set(vars(fresh))
    assert same(model, fresh)


@each_kind
def test_pickle(kind):
    model, (X, _) = fitted(kind), data(kind)
    saved = pickle.dumps(model)
    loaded = pickle.loads(saved)
    assert same(loaded, model)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    version = skparams.__version__.encode()
    with pytest.warns(UserWarning, match="was pickled by skparams") as caught:
        pickle.loads(saved.replace(version, b"9" * len(version)))
    assert str(caught[-1].message).startswith(type(model).__name__)  # after those inside


@each_kind
def test_feature_names(kind):
    pd = pytest.importorskip("pandas")
    X, y = data(kind)
    frame = pd.DataFrame(X, columns=["length", "width", "height"])
    model = make(kind).fit(frame, y)
    assert model.feature_names_in_.tolist() == ["length", "width", "height"]
    assert model.get_feature_names_out().tolist() == ["length", "width", "height"]
    name = type(model).__name__
    with pytest.warns(UserWarning, match=f"valid feature names, but {name} was") as caught:
        model.predict(X)
    assert len(caught) == 1
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        model.predict(frame[["width", "length", "height"]])
    with pytest.raises(ValueError, match="unseen at fit time:\n- depth"):
        model.predict(frame.rename(columns={"width": "depth"}))
    assert not hasattr(model.fit(X, y), "feature_names_in_")
    with pytest.raises(ValueError, match=f"X has 2 features, but {name} is expecting 3"):
        model.predict(X[:, :2])
    with pytest.raises(ValueError, match="Reshape your data"):
        model.predict([1.0, 2.0, 3.0])


@each_kind
def test_a_table_trains_as_its_array(kind):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    X, y = data(kind)
    names = ["length", "width", "height"]
    models = [
        make(kind).fit(table, y)
        for table in (X, pd.DataFrame(X, columns=names), pl.DataFrame(X, schema=names), X.tolist())
    ]
    assert all(same(models[0], model) for model in models[1:])


@each_kind
def test_set_output_of_a_transformer_before(kind):
    pytest.importorskip("pandas")
    X, y = data(kind)
    pipeline = make_pipeline(StandardScaler(), make(kind)).set_output(transform="pandas")
    pipeline.fit(X, y)
    assert pipeline[-1].feature_names_in_.tolist() == ["x0", "x1", "x2"]
    assert len(pipeline.predict(X)) == len(y)


@each_kind
def test_sample_weight_is_routed(kind):
    (X, y), weight = data(kind), np.random.RandomState(1).uniform(0.5, 2, 60)
    with sklearn.config_context(enable_metadata_routing=True):
        model = make(kind).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(scaler, model).fit(X, y, sample_weight=weight)
        scores = cross_validate(model, X, y, params={"sample_weight": weight}, cv=2)
    by_hand = make(kind).fit(StandardScaler().fit_transform(X), y, sample_weight=weight)
    assert same(pipeline[-1], by_hand)
    assert not same(by_hand, make(kind).fit(StandardScaler().fit_transform(X), y))
    assert np.isfinite(scores["test_score"]).all()


@pytest.mark.parametrize(
    ("kind", "grid"),
    [
        ("classifier", {"n_members": [1, 3], "hidden_layer_sizes": ["auto", 3, (3, 2)]}),
        ("regressor", {"n_members": [1, 3], "loss": ["squared_error", "huber", "quantile"]}),
    ],
)
def test_grid_search(kind, grid):
    search = GridSearchCV(make(kind, max_iter=2), grid, cv=2, error_score="raise")
    search.fit(*data(kind))
    assert set(search.best_params_) == set(grid)
    assert len(search.best_estimator_.members_) == search.best_params_["n_members"]


def test_tags_and_how_they_show_themselves():
    assert is_classifier(TabularMLPClassifier())
    assert is_regressor(TabularMLPRegressor())
    for cls in ESTIMATORS.values():
        assert repr(cls()) == f"{cls.__name__}()"
        assert "<script>alert(1)" not in cls(scoring="<script>alert(1)</script>")._repr_html_()
    assert TabularMLPRegressor().__sklearn_tags__().target_tags.multi_output
    assert not TabularMLPRegressor(loss="quantile").__sklearn_tags__().target_tags.multi_output
