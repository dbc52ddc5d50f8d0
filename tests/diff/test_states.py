"""Values of any kind in a class that nobody described: the same, different, or opaque."""

import collections
import copy
import functools
import logging
import operator
import pickle
import threading
import weakref

import joblib
import numpy as np
import pytest
from scipy import interpolate, sparse, spatial, stats
from sklearn.base import BaseEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Matern, WhiteKernel
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import BallTree, KDTree, KNeighborsClassifier
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import Bunch

from skparams import ModelsNotComparable, assert_same_model, diff, spread
from tests import stand_ins

X = np.random.RandomState(0).standard_normal((30, 3))


class Holder(BaseEstimator):
    """Holds one value."""

    def fit(self, value):
        """Keep it."""
        self.held_ = value
        return self


class Slots:
    """Has an attribute in a slot."""

    __slots__ = ("inner",)

    def __init__(self, inner):
        self.inner = inner


class Hidden(np.random.MT19937):
    """Holds more than its attributes, in the memory of a compiled base class."""


class Cached:
    """Computes something when it is first read."""

    def __init__(self, inner):
        self.inner = inner

    @functools.cached_property
    def total(self):
        """The sum."""
        return float(np.sum(self.inner))


class Lazy(Holder):
    """An estimator that computes something when it is first read."""

    @functools.cached_property
    def total_(self):
        """The sum."""
        return float(np.sum(self.held_))


class Documented(Holder):
    """An estimator with a state of its own, which has a copy of what a handle holds."""

    def fit(self, value):
        """Keep it where only its own code reads it."""
        self.handle_ = (each for each in [value])
        self._shown = {"value": value}
        return self

    def __getstate__(self):
        return {"content": self._shown["value"]}


class Stateful:
    """Its documented state leaves a cache out."""

    def __init__(self, inner):
        self.inner, self.cache = inner, object()
        self.handle = (each for each in ())

    def __getstate__(self):
        return {"inner": self.inner}


def scaled(by, offset=0.0):
    """A function that closes over a number."""
    return lambda x: x * by + offset


def series(values, **given):
    """A Series whose caches are filled."""
    pd = pytest.importorskip("pandas")
    made = pd.Series(values, **given)
    _ = made.index.is_unique, made.index.get_loc(made.index[0]), repr(made)
    return made


def frame(columns, names=None, **given):
    """A DataFrame, with other names if any."""
    made = pytest.importorskip("pandas").DataFrame(columns, **given)
    return made if names is None else made.set_axis(names, axis=1)


def holding_itself(*values):
    """A list that holds itself."""
    made = [*values]
    made.append(made)
    return made


REFERENT = LinearRegression()

# Each makes an equal value every time that it is called.
SAME = {
    "series": lambda: series([1.0, np.nan], index=["a", "b"], name="x"),
    "frame": lambda: frame({"a": [1.0, 2.0], "b": ["x", None]}),
    "columns of one name": lambda: frame(X, ["a", "a", "b"]),
    "categories": lambda: series(["a", "b"], dtype="category"),
    "memory": lambda: joblib.Memory("cache", verbose=0),
    "lock": threading.Lock,
    "locks": lambda: [threading.RLock(), threading.Event(), threading.Condition()],
    "logger": lambda: logging.getLogger("skparams.tests"),
    "weak reference": lambda: weakref.ref(REFERENT),
    "weak dict": lambda: weakref.WeakKeyDictionary({REFERENT: 1.0}),
    "spline": lambda: interpolate.BSpline(np.arange(8.0), np.arange(4.0), 3),
    "interpolator": lambda: interpolate.interp1d([0, 1, 2], [1.0, 2.0, 0.0]),
    "triangles": lambda: interpolate.LinearNDInterpolator(X[:, :2], X[:, 2]),
    "density": lambda: stats.gaussian_kde(X.T),
    "distribution": lambda: pickle.loads(pickle.dumps(stats.norm(1.0, 2.0))),
    "tree of scipy": lambda: spatial.cKDTree(X),
    "tree": lambda: KDTree(X),
    "balls": lambda: BallTree(X, leaf_size=5),
    "kernel": lambda: RBF(2.0) + WhiteKernel(),
    "function": lambda: scaled(2.0),
    "partial": lambda: functools.partial(operator.mul, np.arange(3.0)),
    "method": lambda: collections.deque([1.0]).append,
    "cache of a function": lambda: functools.lru_cache(maxsize=3)(scaled(2.0)),
    "vectorized": lambda: np.vectorize(operator.neg, otypes=[float]),
    "generator": lambda: np.random.RandomState(3),
    "new generator": lambda: np.random.default_rng(3),
    "state without its cache": lambda: Stateful(np.arange(3.0)),
    "slots": lambda: Slots([1.0]),
    "NaN as a key": lambda: {float("nan"): 1.0, "a": 2.0},
    "objects as keys": lambda: {Slots(1): 1.0},
    "holds itself": lambda: holding_itself(1.0),
    "default": lambda: collections.defaultdict(scaled(2.0), {"a": 1.0}),
    "bunch": lambda: Bunch(a=[1.0, (2, "b")]),
    "nothing": lambda: [{}, [], (), None, object()],
    "decision tree": lambda: DecisionTreeRegressor(max_depth=2, random_state=0).fit(X, X[:, 0]),
    "compiled base": lambda: Hidden(3),
}


@pytest.mark.parametrize("make", SAME.values(), ids=SAME.keys())
def test_equal_values_are_the_same(make):
    one, two = Holder().fit(make()), Holder().fit(make())
    assert_same_model(one, two)
    assert diff(one, two).is_empty
    assert diff(Ridge(alpha=make()), Ridge(alpha=make())).is_empty
    for nested in ([make()], {"a": (make(),)}):
        assert_same_model(Holder().fit(nested), Holder().fit(copy.copy(nested)))


@pytest.mark.parametrize("make", SAME.values(), ids=SAME.keys())
def test_a_deep_copy_of_any_value_is_the_same(make):
    one = Holder().fit(make())
    try:
        other = copy.deepcopy(one)
    except TypeError:  # of a lock there is none
        return
    assert_same_model(one, other)


DIFFERENT = {
    "a value of a series": (lambda: series([1.0, 2.0]), lambda: series([1.0, 3.0])),
    "an index": (lambda: series([1.0, 2.0]), lambda: series([1.0, 2.0], index=[0, 2])),
    "a dtype of a series": (lambda: series([1.0]), lambda: series([1.0], dtype="float32")),
    "a name": (lambda: series([1.0], name="a"), lambda: series([1.0], name="b")),
    "categories": (
        lambda: series(["a"], dtype="category"),
        lambda: series(["a", "b"], dtype="category")[:1],
    ),
    "a column": (lambda: frame({"a": [1], "b": ["x"]}), lambda: frame({"a": [1], "b": ["y"]})),
    "names of columns": (lambda: frame(X), lambda: frame(X, ["a", "b", "c"])),
    "a column of two of one name": (
        lambda: frame(X, ["a", "a", "b"]),
        lambda: frame(X + [1, 0, 0], ["a", "a", "b"]),
    ),
    "memory": (lambda: joblib.Memory("a", verbose=0), lambda: joblib.Memory("b", verbose=0)),
    "logger": (lambda: logging.getLogger("a"), lambda: logging.getLogger("b")),
    "coefficients": (
        lambda: interpolate.BSpline(np.arange(8.0), np.arange(4.0), 3),
        lambda: interpolate.BSpline(np.arange(8.0), np.arange(4.0) + 1, 3),
    ),
    "rows of a tree": (lambda: spatial.cKDTree(X), lambda: spatial.cKDTree(X + 1e-9)),
    "rows of balls": (lambda: BallTree(X), lambda: BallTree(X + 1e-9)),
    "arguments": (lambda: stats.norm(1.0), lambda: stats.norm(2.0)),
    "a closure": (lambda: scaled(2.0), lambda: scaled(3.0)),
    "of a partial": (
        lambda: functools.partial(operator.mul, 2.0),
        lambda: functools.partial(operator.mul, 3.0),
    ),
    "a default": (
        lambda: collections.defaultdict(scaled(2.0), {"a": 1.0}),
        lambda: collections.defaultdict(scaled(3.0), {"a": 1.0}),
    ),
    "a generator": (lambda: np.random.RandomState(3), lambda: np.random.RandomState(4)),
    "a new generator": (lambda: np.random.default_rng(3), lambda: np.random.default_rng(4)),
    "a compiled base": (lambda: Hidden(3), lambda: Hidden(4)),
    "a state": (lambda: Stateful([1.0]), lambda: Stateful([2.0])),
    "a slot": (lambda: Slots([1.0]), lambda: Slots([2.0])),
    "a class": (lambda: Slots([1.0]), lambda: Stateful([1.0])),
    "the order of a dict": (lambda: {"a": 1.0, "b": 2.0}, lambda: {"b": 2.0, "a": 1.0}),
    "the order inside": (lambda: Cached({1: 2, 3: 4}), lambda: Cached({3: 4, 1: 2})),
    "what is held twice": (lambda: Cached(2 * [["a"]]), lambda: Cached([["a"], ["b"]])),
    "the kind of a key": (lambda: [Slots({1: 2.0})], lambda: [Slots({1.0: 2.0})]),
    "a number": (lambda: Slots([1]), lambda: Slots([1.0])),
    "a number inside": (lambda: Cached(1), lambda: Cached(1.0)),
    "a dtype": (lambda: Slots(np.ones(2)), lambda: Slots(np.ones(2, np.float32))),
    "a dtype inside": (lambda: Cached(np.ones(2)), lambda: Cached(np.ones(2, np.float32))),
    "a format": (lambda: Slots(sparse.eye(3, format="csr")), lambda: Slots(np.eye(3))),
    "a format inside": (lambda: Cached(sparse.eye(3, format="csr")), lambda: Cached(np.eye(3))),
    "a container": (lambda: Slots([1.0]), lambda: Slots((1.0,))),
    "a container inside": (lambda: Cached([1.0]), lambda: Cached((1.0,))),
    "nothing": (lambda: [[]], lambda: [{}]),
    "a sign": (lambda: 0.0, lambda: -0.0),
    "a sign inside": (lambda: Slots(np.zeros(2)), lambda: Slots(-np.zeros(2))),
    "deep inside": (
        lambda: functools.reduce(lambda inner, _: [inner], range(990), 1.0),
        lambda: functools.reduce(lambda inner, _: [inner], range(990), 2.0),
    ),
    "after itself": (lambda: holding_itself(1.0), lambda: holding_itself(2.0)),
    "a set": (lambda: {1.0, 2.0}, lambda: {1.0, 3.0}),
}


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_values_that_differ_are_seen(pair):
    one, two = (Holder().fit(make()) for make in pair)
    for models in ((one, two), (two, one)):
        assert not diff(*models).is_empty
        with pytest.raises(AssertionError, match="the models differ"):
            assert_same_model(*models)
    assert_same_model(one, two, ignore=("held_",))


USES = {
    "queries": (lambda: KDTree(X), lambda tree: tree.query(X[:7])),
    "calls": (lambda: np.vectorize(operator.neg, otypes=[float]), lambda f: f([1.0])),
    "results kept": (lambda: functools.lru_cache(operator.neg), lambda f: f(1.0)),
    "draws": (lambda: pickle.loads(pickle.dumps(stats.norm(1.0))), lambda _: np.random.uniform()),
    "a clock": (lambda: joblib.Memory("cache", verbose=0), lambda m: setattr(m, "timestamp", 7.0)),
    "an index": (lambda: series([1.0, 2.0]), lambda s: s.index.get_loc(1)),
}


@pytest.mark.parametrize("case", USES.values(), ids=USES.keys())
def test_a_value_that_was_used_is_the_same(case):
    make, use = case
    one = Holder().fit(make())
    use(one.held_)
    assert_same_model(one, Holder().fit(make()))


OPAQUE = {
    "an iteration": lambda: (each for each in ()),
    "a compiled function": lambda: np.frompyfunc(operator.neg, 1, 1),
    "of a thread": threading.local,
    "objects in a set": lambda: {Slots(1)},
    "a class that refuses": lambda: stand_ins._Compiled(len),
}


@pytest.mark.parametrize("make", OPAQUE.values(), ids=OPAQUE.keys())
@pytest.mark.parametrize("place", [lambda value: value, lambda value: Slots([1.0, value])])
def test_what_cannot_be_compared_is_named(make, place):
    value = make()
    one, two = Holder().fit(place(value)), Holder().fit(place(make()))
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    with pytest.raises(ModelsNotComparable, match=rf"held_\S* of Holder holds a {kind}"):
        assert_same_model(one, two)
    found = diff(one, two)
    assert not found.is_empty
    assert "cannot be compared" in found.to_text(width=100)
    assert "cannot be compared" in found.to_html()
    assert kind in found.to_json()
    assert "cannot be compared" in [row["status"] for row in found.to_frame().to_dict("records")]
    assert_same_model(one, two, ignore=("held_",))
    assert_same_model(one, Holder().fit(one.held_))
    assert spread([one, two, one]).to_text()


def test_a_hyperparameter_that_cannot_be_compared_is_named():
    one, two = (Ridge(alpha=(each for each in ())) for _ in range(2))
    with pytest.raises(ModelsNotComparable, match="alpha holds a builtins"):
        assert_same_model(one, two)
    (found,) = diff(one, two).hyperparameters
    assert found.opaque == "builtins.generator"
    assert_same_model(one, two, ignore=("alpha",))


def test_a_difference_that_is_known_comes_first():
    one, two = (Holder().fit([(each for each in ()), number]) for number in (1.0, 2.0))
    with pytest.raises(AssertionError, match=r"differ .*held_\[1\]") as raised:
        assert_same_model(one, two)
    assert not isinstance(raised.value, ModelsNotComparable)


def test_what_only_one_model_has_computed_is_left_out():
    one, two = Cached(np.arange(3.0)), Cached(np.arange(3.0))
    assert one.total == 3.0
    assert_same_model(Holder().fit(one), Holder().fit(two))
    assert two.total == 3.0
    two.__dict__["total"] = 4.0
    with pytest.raises(AssertionError, match="differ"):
        assert_same_model(Holder().fit(one), Holder().fit(two))


def test_an_estimator_may_compute_what_is_read_first_too():
    one, two = Lazy().fit(np.arange(3.0)), Lazy().fit(np.arange(3.0))
    assert one.total_ == 3.0
    assert_same_model(one, two)
    two.__dict__["total_"] = 4.0
    with pytest.raises(AssertionError, match="total_"):
        assert_same_model(one, two)


def test_the_state_that_a_class_documents_stands_for_its_attributes():
    one, two, other = (Documented().fit(value) for value in (1.0, 1.0, 2.0))
    assert_same_model(one, two)
    with pytest.raises(AssertionError, match="content of Documented"):
        assert_same_model(one, other)


def test_a_function_is_compared_by_the_names_that_it_reads():
    one, two = ({"factor": factor} for factor in (2.0, 3.0))
    for names in (one, two):
        exec("def scaled(x):\n    return factor * x", names)
    assert not diff(Holder().fit(one["scaled"]), Holder().fit(two["scaled"])).is_empty


def test_the_states_of_stand_ins():
    rows, target = stand_ins.data()
    shuffled = np.random.RandomState(0).permutation(target)
    with pytest.raises(ModelsNotComparable, match="_object of Opaque"):
        assert_same_model(*(stand_ins.Opaque().fit(rows, y) for y in (target, shuffled)))
    searches = [GridSearchCV(stand_ins.PlainWeights(), {"alpha": [1, 2]}).fit(rows, target)]
    searches.append(copy.deepcopy(searches[0]))
    assert_same_model(*searches)
    searches[1].best_estimator_.w *= -1
    with pytest.raises(AssertionError, match="differ"):
        assert_same_model(*searches)
    opaque = [GridSearchCV(stand_ins.Opaque(), {"scale": [1]}).fit(rows, target) for _ in range(2)]
    with pytest.raises(ModelsNotComparable, match="best_estimator_"):
        assert_same_model(*opaque)
    for cls, name, value in (
        (stand_ins.Additive, "term_scores_", [np.zeros(4)] * 4),
        (stand_ins.Tempered, "temperature_scale_", -5),
        (stand_ins.PrivateFlag, "w", np.zeros(4)),
    ):
        one, two = cls().fit(rows, target), cls().fit(rows, target)
        setattr(two, name, value)
        with pytest.raises(AssertionError, match=name):
            assert_same_model(one, two)


def test_a_clock_is_the_only_difference_of_two_fits():
    one, two = (stand_ins.Clocked().fit(*stand_ins.data()) for _ in range(2))
    assert [r.path for r in diff(one, two).root.parameters if not r.same] == ["fitted_at_"]
    assert_same_model(one, two, ignore=("fitted_at_",))


def test_what_training_hooks_keep_is_not_compared():
    for fit in (lambda: LinearRegression().fit(X, X[:, 0]), lambda: Holder().fit(1.0)):
        one, two = fit(), fit()
        one._skl_callbacks, one._parent_callback_ctx = [(each for each in ())], object()
        assert_same_model(one, two)


def test_arguments_of_an_estimator_that_fit_made_are_compared():
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3]}).fit(X, X[:, 0] > 0)
    other = copy.deepcopy(search)
    other.best_estimator_.n_neighbors = 5
    with pytest.raises(AssertionError, match="best_estimator___n_neighbors of KN"):
        assert_same_model(search, other)
    assert_same_model(search, other, ignore=("n_neighbors",))


def test_two_names_of_one_array_are_two_where_they_are_not_in_the_other_model():
    class Two(BaseEstimator):
        def fit(self, shown):
            self.a_, self.b_ = np.zeros(3), np.ones(3)
            self.c_ = getattr(self, shown)
            return self

    with pytest.raises(AssertionError, match="c_ of Two"):
        assert_same_model(Two().fit("a_"), Two().fit("b_"))
    changed = Two().fit("a_")
    changed.a_ += 5
    with pytest.raises(AssertionError, match="c_ of Two"):
        assert_same_model(Two().fit("a_"), changed, ignore=("a_",))


def test_what_a_spec_does_not_count_of_an_object_is_compared():
    one, two = (GaussianProcessRegressor(Matern(nu=0.5)).fit(X, X[:, 0]) for _ in range(2))
    assert_same_model(one, two)
    two.kernel_.nu = 1.5
    with pytest.raises(AssertionError, match="kernel_ of GaussianProcessRegressor"):
        assert_same_model(one, two)


@pytest.mark.parametrize("package", ["lightgbm", "xgboost"])
def test_boosters_that_split_by_other_features_differ(package):
    module = pytest.importorskip(package)
    silent = {"verbose": -1} if package == "lightgbm" else {}
    model = getattr(module, "LGBMRegressor" if silent else "XGBRegressor")
    rows, target = stand_ins.data()
    one, again, other = (
        model(n_estimators=3, n_jobs=1, **silent).fit(X, target)
        for X in (rows, rows, rows[:, [1, 0, 2, 3]])
    )
    assert_same_model(one, again)
    assert_same_model(one, copy.deepcopy(one))
    with pytest.raises(AssertionError, match="_Booster"):
        assert_same_model(one, other)
