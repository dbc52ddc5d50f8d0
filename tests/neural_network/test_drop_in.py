"""What the perceptrons give and refuse beside scikit-learn's: types, targets, arguments."""

import datetime
import inspect

import numpy as np
import pytest
import sklearn
from sklearn import neural_network as theirs
from sklearn.utils.fixes import parse_version

import skparams as ours
from skparams import MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore")  # three epochs do not converge

N = 40
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 3, "random_state": 0}
NAMES = ["MLPClassifier", "MLPRegressor"]
# scikit-learn < 1.9 looks for NaN among labels that are predicted in early stopping
NO_WORDS = parse_version(sklearn.__version__) < parse_version("1.9")
LOSSES = {"loss_", "best_loss_", "loss_curve_"}


def kind_of(value):
    """The type of a value, and of what it holds."""
    if isinstance(value, list | tuple):
        return type(value), {kind_of(each) for each in value} if value else set()
    if isinstance(value, np.ndarray):
        return type(value), value.dtype, value.ndim
    return type(value)


def targets(name, X):
    classes = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    if name == "MLPClassifier":
        return [classes > 0, classes, np.array(list("abc"))[classes], (X > 0).astype(int)]
    return [X[:, 0], X[:, :2], X[:, 0].astype(np.float32), (9 * X[:, 0]).astype(int)]


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4"])
@pytest.mark.parametrize("name", NAMES)
def test_types_are_scikit_learns(name, dtype, solver, early_stopping, rng):
    X = 3 * rng.standard_normal((N, 3))
    for y in targets(name, X):
        if NO_WORDS and early_stopping and y.dtype.kind == "U":
            continue
        given, rows = {"solver": solver, "early_stopping": early_stopping}, X.astype(dtype)
        models = [getattr(m, name)(**SMALL, **given).fit(rows, y) for m in (theirs, ours)]
        found = differences(*models)
        # docs/from_scikit_learn.md, "lbfgs keeps float32, keeps its loss, and minimizes it" and
        # "The classes are our own"
        if solver == "lbfgs":
            found -= {"loss_curve_", *(("coefs_", "intercepts_") if dtype == "f4" else ())}
        found -= LOSSES if dtype == "f4" else set()
        assert not found
        for method in {"predict", "predict_proba", "score"} & set(dir(models[0])):
            if solver != "lbfgs" or dtype != "f4":
                more = (rows, y) if method == "score" else (rows,)
                one, two = (kind_of(getattr(model, method)(*more)) for model in models)
                assert one == two, method


def differences(model, other):
    """Names of the public fitted attributes that are not of one type, but `history_`."""
    names = {name for name in {**vars(model), **vars(other)} if name.endswith("_")} - {"history_"}
    kinds = [
        {name: kind_of(getattr(each, name, other)) for name in names} for each in (model, other)
    ]
    return {name for name in names if kinds[0][name] != kinds[1][name]}


@pytest.mark.parametrize("name", NAMES)
def test_types_after_partial_fit(name, rng):
    X = rng.standard_normal((N, 3))
    for y in targets(name, X):
        classes = {"classes": range(3) if y.ndim == 2 else np.unique(y)}
        more = classes if name == "MLPClassifier" else {}
        models = [getattr(m, name)(**SMALL).partial_fit(X, y, **more) for m in (theirs, ours)]
        assert not differences(*models)


def dates(kind):
    """Targets that are dates or durations, in each form that users have."""
    pd = pytest.importorskip("pandas")
    unit, plain = {
        "dates": ("M8[D]", [datetime.datetime(2020, 1, 1 + i % 3) for i in range(N)]),
        "durations": ("m8[s]", [datetime.timedelta(i % 3) for i in range(N)]),
    }[kind]
    array = (np.arange(N) % 3).astype(unit)
    frame = pd.DataFrame({"a": array, "b": array})
    return {
        "array": array,
        "coarse": array.astype(unit[:2] + "[s]"),
        "not a time": np.full(N, "NaT", unit),
        "column": array[:, np.newaxis],
        "two columns": np.column_stack([array, array]),
        "scalars": list(array),
        "objects": np.array(list(pd.Series(array)), dtype=object),
        "objects of NumPy": np.array([None, *array], dtype=object)[1:],
        "two columns of objects": np.array([[None, each] for each in array], dtype=object),
        "Python's": plain,
        "a series": pd.Series(array),
        "an index": pd.Index(array),
        "a series of objects": pd.Series(list(array), dtype=object),
        "categories": pd.Series(array).astype("category"),
        "a frame": frame,
        "a frame of objects": frame.astype(object),
        "beside numbers": pd.DataFrame({"a": np.arange(N, dtype=float), "b": array}),
    }


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize("kind", ["dates", "durations"])
def test_dates_are_no_target_of_a_regression(kind, solver, rng, snapshot):
    X = rng.standard_normal((N, 3))
    model = MLPRegressor(**SMALL, solver=solver)
    unchanged, fits = snapshot(model), [model.fit]
    if solver == "adam":
        fits += [model.partial_fit]
    for form, y in dates(kind).items():
        for fit in fits:
            with pytest.raises(TypeError):
                pytest.fail(f"{form}: {fit(X, y)} was trained")
            assert unchanged() is None
    if kind == "dates":
        with pytest.raises(TypeError, match=r"y must be .* numbers, got dtype datetime64\[D\]"):
            model.fit(X, dates(kind)["array"])


@pytest.mark.parametrize("kind", ["dates", "durations"])
def test_dates_are_classes_where_scikit_learns_are(kind, rng):
    X = rng.standard_normal((N, 3))
    n_trained = 0
    for form, y in dates(kind).items():
        found = []
        for module in (theirs, ours):
            try:
                found.append(module.MLPClassifier(**SMALL).fit(X, y).predict(X))
            except Exception as error:
                found.append(type(error))
        assert isinstance(found[0], np.ndarray) == isinstance(found[1], np.ndarray), form
        if isinstance(found[0], np.ndarray):
            n_trained += 1
            np.testing.assert_array_equal(*found)
        else:
            assert found[0] is found[1], form
    assert n_trained >= 5


@pytest.mark.parametrize("y", [np.array(["1", "2"] * (N // 2)), [b"1", b"2"] * (N // 2)])
def test_texts_are_no_target_of_a_regression(y, rng):
    X = rng.standard_normal((N, 3))
    for module in (theirs, ours):
        with pytest.raises(TypeError):
            module.MLPRegressor(**SMALL).fit(X, y)
        module.MLPRegressor(**SMALL).fit(X, np.array(y, object).astype(str).astype(object))


@pytest.mark.parametrize("name", [*NAMES, "PCA"])
def test_an_unknown_argument_names_the_class(name):
    cls = getattr(ours, name)
    own = type("Own", (cls,), {})
    for each in (cls, own):
        with pytest.raises(TypeError, match=rf"^{name}\.__init__\(\) got an unexpected .* 'foo'$"):
            each(foo=1)
        with pytest.raises(
            ValueError, match=rf"Invalid parameter 'foo' for estimator {each.__name__}"
        ):
            each().set_params(foo=1)
    with pytest.raises(TypeError, match=rf"^{name}\.__init__\(\) takes from 1 to"):
        cls(*range(9))


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_scikit_learns_in_their_order(name):

    signatures = [inspect.signature(getattr(module, name)) for module in (theirs, ours)]
    expected, found = (list(each.parameters.values()) for each in signatures)
    assert [str(each) for each in expected] == [
        str(each).partition(":")[0] for each in found[: len(expected)]
    ]
    assert {each.kind for each in found[len(expected) :]} <= {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("sizes", [np.array(3), np.array([3]), np.int64(3), range(3, 4), [3], 3])
def test_sizes_of_layers_in_any_form(sizes, rng):
    X = rng.standard_normal((N, 3))
    model = MLPRegressor(hidden_layer_sizes=sizes, max_iter=3, random_state=0).fit(X, X[:, 0])
    reference = MLPRegressor(**SMALL).fit(X, X[:, 0])
    np.testing.assert_array_equal(model.coefs_[0], reference.coefs_[0])
