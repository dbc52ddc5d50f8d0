"""Odd estimators and odd values: nothing crashes, nothing is run, and nothing is changed."""

import pickle
import re
import threading
import weakref
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock, Mock

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skparams import count_params, fitted_params, plan, summary
from skparams.specs import Spec, Unknown, parameter
from tests.sweep import sweep

KINDS = ("stored", "free", "nonzero")


class Anything(BaseEstimator):
    """Holds after fit whatever it is given."""

    def __init__(self, chosen=None):
        self.chosen = chosen

    def fit(self, **attributes):
        vars(self).update(attributes)
        return self


def state(value, met=None):
    """All that a value holds, without running its code: types, identities, bytes of arrays."""
    met = {} if met is None else met
    if id(value) in met or type(value) in weakref.ProxyTypes:
        return id(value)
    met[id(value)] = value
    if isinstance(value, np.ndarray):
        inside = value.tolist() if value.dtype.kind == "T" else np.asarray(value).tobytes()
        if value.dtype.kind == "O":
            inside = [state(item, met) for item in value.ravel().tolist()]
        return id(value), type(value), value.dtype, value.shape, value.strides, inside
    if isinstance(value, dict):
        return id(value), [(state(key, met), state(item, met)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return id(value), [state(item, met) for item in value]
    if "__dict__" in dir(type(value)) and not isinstance(value, type | ModuleType):
        return id(value), type(value), state(object.__getattribute__(value, "__dict__"), met)
    return id(value), type(value)


def look(estimator, fitted=True):
    """Look in every way; return the summary."""
    before = state(estimator)
    for found in (plan(estimator, n_samples=9, n_features=3, n_classes=2), summary(estimator)):
        assert str(found)
        assert repr(found)
        assert found.to_text(width=60)
        assert found.to_html()
        assert found.to_dict()
    for kind in KINDS:
        count = count_params(estimator, kind=kind)
        assert count is None or count >= 0
    if found.root.fitted:
        for path, array in fitted_params(estimator).items():
            assert isinstance(path, str)
            assert isinstance(array, np.ndarray) or sparse.issparse(array)
    assert found.root.fitted == fitted
    assert state(estimator) == before
    return found


# What is no estimator.


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (LogisticRegression, r"the class LogisticRegression\. Make one: LogisticRegression\(\)"),
        (Pipeline, "the class Pipeline"),
        (None, "NoneType: None"),
        ({}, r"dict: \{\}"),
        ({"a": 1}, r"dict: \{'a': 1\}"),
        ("LogisticRegression", "str: 'LogisticRegression'"),
        (Text("model"), "Text: 'model'"),
        (b"model", "bytes: b'model'"),
        (3, "int: 3"),
        ([LogisticRegression()], r"list: \[LogisticRegression\(\)\]"),
        (np.ones(3), r"ndarray: array\(\[1\., 1\., 1\.\]\)"),
        (lambda X: X, "function: <function"),
        (LogisticRegression().fit, "method: <bound method"),
        (np, "module: <module 'num"),
        (object(), "object: <object "),
        (int, "the class int"),
        ("x" * 10_000, r"str: 'xxx.*\.\.\."),
    ],
)
@pytest.mark.parametrize("function", [summary, count_params, fitted_params, plan])
def test_what_is_no_estimator_is_named(function, value, said):
    with pytest.raises(TypeError, match=f"^{function.__name__}: estimator must .*{said}") as caught:
        function(value)
    assert len(str(caught.value)) < 300


def test_what_is_no_estimator_and_has_no_repr():
    class Mute:
        def __repr__(self):
            raise RuntimeError("no repr")

    with pytest.raises(TypeError, match="got Mute: <Mute instance"):
        summary(Mute())


def test_an_unfitted_estimator_gives_its_hyperparameters():
    found = look(LogisticRegression(C=3.0), fitted=False)
    assert "C" in [row.path for row in found.root.hyperparameters]
    assert found.root.attributes == ()
    assert found.totals.stored.reason == "not fitted"


class KeywordsOnly(BaseEstimator):
    """An estimator that keeps further hyperparameters, as those of LightGBM do."""

    def __init__(self, needed, **kwargs):
        self.needed = needed
        self.kwargs = kwargs

    def get_params(self, deep=True):
        return {"needed": self.needed, **self.kwargs}

    def fit(self, X, y=None):
        return self


def test_only_an_argument_without_a_default_is_required():
    found = summary(KeywordsOnly(3, verbose=-1, depth=None))
    defaults = {row.path: (row.default, row.changed) for row in found.root.hyperparameters}
    unnamed = ("unknown", True)
    assert defaults == {"needed": (None, True), "verbose": unnamed, "depth": unnamed}


# Estimators whose own code must not be run, or raises, or prints.


def hostile(*names, error=RuntimeError):
    """A class whose methods of these names raise and say so."""

    def raising(name):
        def method(self, *args, **kwargs):
            raise error(f"{name} was called")

        return method

    return type("Hostile", (Anything,), {name: raising(name) for name in names})


@pytest.mark.parametrize(
    "name",
    [
        "__bool__",
        "__len__",
        "__eq__",
        "__ne__",
        "__hash__",
        "__repr__",
        "__str__",
        "__iter__",
        "__getitem__",
        "__contains__",
        "__call__",
        "__array__",
        "__copy__",
        "__deepcopy__",
        "__reduce_ex__",
        "__getstate__",
        "__dir__",
        "__sizeof__",
        "__getattr__",
        "__setattr__",
        "__delattr__",
        "__format__",
        "__index__",
        "__float__",
        "__array_ufunc__",
        "__sklearn_is_fitted__",
        "__sklearn_tags__",
        "__sklearn_clone__",
        "__skparams_other__",
        "get_params",
        "set_params",
        "get_feature_names_out",
        "_repr_html_",
        "_repr_mimebundle_",
    ],
)
@pytest.mark.parametrize("error", sweep([RuntimeError, AttributeError, NotImplementedError], 1))
def test_methods_that_raise(name, error):
    cls = hostile(name, error=error)
    inner = object.__new__(cls)
    vars(inner).update(chosen=2, w_=np.ones(2))
    model = object.__new__(cls)
    vars(model).update(chosen=inner, w_=np.ones(3), inner_=inner, list_=[inner, inner])
    assert look(model).totals.stored == 5


def test_a_get_params_that_raises_where_arguments_are_not_kept():
    model = object.__new__(hostile("get_params"))
    vars(model).update(w_=np.ones(3))
    assert look(model).totals.stored == 3


@pytest.mark.parametrize("returned", [None, 3, [("a", 1)], {1: 2}, {"chosen": 1, None: 3}])
def test_a_get_params_that_returns_nonsense(returned):
    class Odd(Anything):
        def get_params(self, deep=True):
            return returned

    model = Odd().fit(w_=np.ones(3))
    del model.chosen
    assert look(model).totals.stored == 3


def test_an_is_fitted_that_returns_nonsense():
    class Odd(Anything):
        def __sklearn_is_fitted__(self):
            return np.ones(3)

    assert look(Odd().fit(w_=np.ones(3))).totals.stored == 3


def test_no_property_is_run():
    run = []

    class Watched(Anything):
        @property
        def coef_(self):
            run.append("coef_")
            raise RuntimeError("coef_")

        @property
        def feature_importances_(self):
            run.append("feature_importances_")
            return np.ones(3)

        @property
        def n_features_in_(self):
            run.append("n_features_in_")
            return 3

        @property
        def classes_(self):
            run.append("classes_")
            return np.ones(3)

    inner = Watched().fit(w_=np.ones(2))
    look(Watched(chosen=inner).fit(w_=np.ones(2), inner_=inner, object_=SimpleNamespace(a=inner)))
    assert run == []


def test_every_attribute_look_up_that_prints(capsys):
    class Loud(Anything):
        def __getattribute__(self, name):
            if not name.startswith("__"):
                print("looked up", name)
            return super().__getattribute__(name)

        def __getattr__(self, name):
            print("missing", name)
            raise AttributeError(name)

        def __repr__(self):
            print("repr")
            return "Loud()"

    model = Loud(chosen=Loud()).fit(w_=np.ones(2), inner_=Loud().fit(w_=np.ones(3)))
    capsys.readouterr()
    assert look(model).totals.stored == 5
    assert capsys.readouterr().out == ""


def test_a_dict_of_attributes_that_is_none():
    class Slotted:
        __slots__ = ("chosen", "weights_")

        def fit(self):
            self.weights_ = np.ones(4)
            return self

        def get_params(self, deep=True):
            return {"chosen": self.chosen}

    assert look(Slotted().fit()).totals.stored == 4


@pytest.mark.parametrize("make", [Mock, MagicMock])
def test_mocks_have_anything_when_asked_and_are_not_asked(make):
    for mock in (make(), make(spec=LogisticRegression), make(coef_=np.ones(3))):
        with pytest.raises(TypeError, match=f"must have fit and get_params, got {make.__name__}"):
            summary(mock)
    model = Anything(chosen=make()).fit(w_=np.ones(2), mock_=make())
    assert not look(model).totals.exact


# Cycles, size and depth.


def test_cycles_end():
    model = Anything().fit(w_=np.ones(2))
    model.self_ = model.chosen = model
    model.list_ = [model, []]
    model.list_[1].append(model.list_)
    model.dict_ = {"again": model}
    model.dict_["me"] = model.dict_
    model.object_ = SimpleNamespace(model=model)
    model.object_.me = model.object_
    model.array_ = np.empty(2, dtype=object)
    model.array_[:] = [model.array_, model]
    look(model)


def test_two_that_hold_each_other():
    one, two = Anything().fit(w_=np.ones(2)), Anything().fit(w_=np.ones(3))
    one.other_, two.other_ = two, one
    one.chosen, two.chosen = two, one
    assert look(one).totals.stored == look(two).totals.stored == 5


def test_lists_that_hold_one_another_in_many_ways():
    lists = [[] for _ in range(8)]
    for each in lists:
        each.extend(lists)
    found = look(Anything(chosen=lists).fit(w_=np.ones(2), lists_=lists))  # each is looked at once
    assert found.totals.stored == 2


@pytest.mark.exhaustive
def test_ten_thousand_members():
    member = LogisticRegression().fit(np.eye(3), [0, 1, 2])
    model = BaggingClassifier(LogisticRegression())
    model.estimators_ = []
    for i in range(10_000):
        one = LogisticRegression()
        vars(one).update(vars(member))
        one.coef_, one.intercept_ = np.full((3, 3), i), np.zeros(3)
        model.estimators_.append(one)
    model.n_features_in_ = 3
    model.classes_ = np.arange(3)
    found = summary(model)
    assert found.totals.stored == 120_000
    assert len(found.to_text(width=100).splitlines()) < 60
    assert len(found.to_html()) < 2_000_000
    assert len(fitted_params(model)) == 20_000


@pytest.mark.parametrize("depth", sweep([50, 300], 1))
def test_pipelines_in_pipelines(depth):
    stored = 2 if depth == 50 else Unknown("estimators are nested more than 100 deep")
    model = StandardScaler().fit([[0.0], [1.0]])
    for _ in range(depth):
        model = Pipeline([("a", model)])
    found = summary(model)
    assert found.root.fitted
    assert found.totals.stored == stored
    assert count_params(model, kind="free") == (2 if depth == 50 else None)
    assert str(found)
    assert found.to_html()
    assert found.to_dict()
    assert len(fitted_params(model)) == (2 if depth == 50 else 0)
    planned = plan(model, n_features=1)
    assert planned.totals.stored == stored
    assert str(planned)


def test_deep_lists_and_objects():
    deep = np.ones(2)
    held = SimpleNamespace(w=np.ones(2))
    for _ in range(200):
        deep, held = [deep], SimpleNamespace(inner=held)
    look(Anything(chosen=deep).fit(w_=np.ones(2), deep_=deep, _held=held, held_=held))


def test_many_attributes():
    model = Anything().fit(**{f"w{i}_": np.ones(2) for i in range(2000)})
    found = summary(model)
    assert found.totals.stored == 4_000
    assert len(str(found).splitlines()) < 60


# Text that may be anything.

TEXTS = [
    "a" * 200,
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "[bold red]markup[/] [/]",
    "{{ 7 * 7 }} {% raw %}",
    "a\nb\tc\r\0\x1b[31m",
    "\u202eright to left",
    "\ud800 a lone surrogate",
    "é ü 漢字 🎉",
    "",
    "__",
    "'quoted' \"twice\" & more",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_of_a_user_is_shown_and_escaped(text):
    inner = Anything(chosen=text).fit(w_=np.ones(2))
    model = Anything(chosen={text: [text]}).fit(
        w_=np.ones(3),
        feature_names_in_=np.array([text, "b"], dtype=object),
        classes_=np.array([text, "b"]) if "\0" not in text else np.array([text], dtype=object),
        n_features_in_=2,
        named_=[(text, inner)],
        keyed_={text: np.ones(2)},
        **{text + "_": np.ones(2)},
    )
    found = look(model)
    html, plain = found.to_html(), found.to_text(width=80, color=False)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "\x1b" not in plain
    assert "\0" not in plain + html
    assert max(map(len, plain.splitlines())) <= 80
    html.encode("utf-8", "surrogatepass")


def test_names_that_are_not_text():
    model = Anything().fit(
        w_=np.ones(2), keyed_={1: np.ones(2), None: np.ones(2), ("a", 1): [np.ones(1)], 2.5: 1.0}
    )
    vars(model)["w"] = (x for x in ())
    reason = "no Spec says what the builtins.generator in w holds"
    assert look(model).totals.stored.reason == reason
    del model.w
    assert isinstance(look(model).totals.stored, int)


# Values.


def formats():
    dense = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [0.0, 4.0, 0.0], [5.0, 0.0, 0.0]])
    for name in ("csr", "csc", "coo", "bsr", "dia", "lil", "dok"):
        for kind in ("matrix", "array"):
            made = getattr(sparse, f"{name}_{kind}")(dense)
            yield pytest.param(made, id=f"{name}_{kind}")


@pytest.mark.parametrize("value", list(formats()))
def test_sparse_of_every_format(value):
    model = Anything().fit(w_=value, listed_=[value.copy()], _private=value.copy())
    before = value.toarray()
    found = look(model)
    assert isinstance(found.totals.stored, int)
    assert count_params(model, kind="nonzero") == 15
    row = found.root.attributes[0]
    assert row.shape == (4, 3)
    assert isinstance(row.bytes, Unknown) == (value.format in ("lil", "dok"))
    np.testing.assert_array_equal(value.toarray(), before)


@pytest.mark.parametrize("name", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
def test_sparse_without_numbers(name):
    look(Anything().fit(w_=getattr(sparse, f"{name}_array")((3, 2))))


class OddArray:
    """Says that it is an array, as tensors of other libraries do, and is none when asked."""

    shape = (2, 3)
    ndim = 2
    dtype = "odd.float32"
    size = 6

    def __array__(self, *args, **kwargs):
        raise RuntimeError("on another device")

    def __len__(self):
        raise RuntimeError("no length")

    def __bool__(self):
        raise RuntimeError("ambiguous")

    def __eq__(self, other):
        raise RuntimeError("not compared")

    __hash__ = None


def memory_map(tmp_path):
    np.save(tmp_path / "w.npy", np.ones((5, 2)))
    return np.load(tmp_path / "w.npy", mmap_mode="r")


VALUES = {
    "nan": np.full(3, np.nan),
    "infinity": np.array([np.inf, -np.inf, 0.0]),
    "empty": np.empty((0, 3)),
    "no axis": np.array(1.5),
    "many axes": np.ones((1,) * 32),
    "number": 1.5,
    "nan number": float("nan"),
    "numpy number": np.float32(1.5),
    "complex": np.ones(2, dtype=complex),
    "half": np.ones(2, dtype=np.float16),
    "long double": np.ones(2, dtype=np.longdouble),
    "big endian": np.ones(2, dtype=">f8"),
    "structured": np.zeros(3, dtype=[("threshold", "f8"), ("left", "i4")]),
    "nested structured": np.zeros(3, dtype=[("a", [("b", "f8"), ("c", "O")])]),
    "record": np.rec.array([(1.0, 2)], dtype=[("a", "f8"), ("b", "i4")]),
    "void": np.void(b"abc"),
    "masked": np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0]),
    "all masked": np.ma.masked,
    "matrix": np.ones((2, 2)).view(np.matrix),
    "dates": np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    "spans": np.array([1, 2], dtype="timedelta64[s]"),
    "text": np.array(["a", "b"]),
    "variable text": np.array(["a", "bb"], dtype=np.dtypes.StringDType()),
    "objects": np.array([np.ones(2), None, "a", 3.0], dtype=object),
    "object without axis": np.array(None, dtype=object),
    "array in 0-d object": np.array([np.ones(2), 1], dtype=object)[0:1].reshape(()),
    "not contiguous": np.ones((4, 6))[::2, ::-3],
    "broadcast": np.broadcast_to(1.0, (100, 100, 100)),
    "huge list": list(range(10_000)),
    "list with nan": [1.0, float("nan"), None],
    "ragged": [[1.0], [1.0, 2.0], []],
    "mixed": [1.0, "a", None, np.ones(2), {"b": np.ones(1)}],
    "huge number": 10**400,
    "flags": [True, False],
    "bytes": b"\x00\xff" * 100,
    "byte array": bytearray(b"abc"),
    "memory view": memoryview(b"abc"),
    "lock": threading.Lock(),
    "thread": threading.current_thread(),
    "lambda": lambda X: X,
    "generator": (i for i in range(3)),
    "iterator": iter([1, 2]),
    "class": LogisticRegression,
    "module": np,
    "exception": ValueError("a"),
    "pattern": re.compile("a"),
    "ellipsis": ...,
    "not implemented": NotImplemented,
    "odd array": OddArray(),
    "odd arrays": [OddArray(), OddArray()],
    "set": {1.0, 2.0},
    "range": range(10**12),
    "poly": np.polynomial.Polynomial([1, 2, 3]),
    "mock": MagicMock(),
    "property": property(lambda self: 1 / 0),
}


@pytest.mark.parametrize("name", sweep(VALUES, list(VALUES)[::4]))
def test_values(name):
    value = VALUES[name]
    model = Anything(chosen=value).fit(w_=value, listed_=[value], keyed_={"k": value}, _hid=value)
    look(model)
    look(Anything(chosen=[value]).fit(inner_=model))

    class Known(Anything):
        def __skparams__(self):
            return Spec({"w_": parameter("n_features"), "_hid": "state", "listed_": "data"})

    look(Known(chosen={"k": value}).fit(w_=value, _hid=value, listed_=[value], other_=value))


def test_read_only_memory_maps(tmp_path):
    mapped = memory_map(tmp_path)
    model = Anything(chosen=mapped).fit(w_=mapped)
    assert look(model).totals.stored == 10
    assert np.shares_memory(fitted_params(model)["w_"], mapped)


def test_weak_references():
    model = Anything().fit(w_=np.ones(2))
    gone = weakref.ref(Anything())
    model.ref_, model.gone_, model.proxy_ = weakref.ref(model), gone, weakref.proxy(model)
    model.dead_ = weakref.proxy(Anything())
    model.chosen = model.dead_
    look(model)


def test_pandas_objects():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]})
    for value in (
        frame,
        frame["a"],
        frame.index,
        pd.array([1, None]),
        pd.Categorical(["a", "b"]),
        pd.NA,
        pd.NaT,
        pd.Timestamp("2020-01-01"),
    ):
        repr(value), np.asarray(value)  # pandas keeps what it computes for them
        before = pickle.dumps(value)
        assert str(summary(Anything(chosen=value).fit(w_=np.ones(2), frame_=value, all_=[value])))
        assert pickle.dumps(value) == before
