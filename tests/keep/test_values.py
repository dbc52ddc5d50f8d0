"""Whatever an estimator may hold comes back as it was, or is refused by its path."""

import pickle
import warnings
from collections import Counter, OrderedDict, deque
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch

from skparams import ParamsFileError, load_params, save_params
from tests.keep.models import Anything, Other

pytestmark = pytest.mark.usefixtures("without_fsync")

ALLOW = ("tests.keep.models.Anything", "tests.keep.models.Other")
NUMBERS = [*"?bBhHiIlLefdFD", "m8[s]", "M8[D]", "m8", ">f8", ">i2", "<c16"]


def assert_comes_back(value, path, **options):
    save_params(Anything(hyperparameter=value).fit(value), path)
    loaded = load_params(path, allow=ALLOW, **options)
    assert type(loaded) is Anything
    assert_identical(loaded.hyperparameter, value)
    assert_identical(loaded.value_, value)
    return loaded


def assert_identical(found, value):
    """The same types and numbers, to the last bit and with axes in the same order in memory."""
    assert type(found) is type(value)
    if isinstance(value, np.ndarray) and value.dtype.kind != "O":
        given = value
        value = value.astype(value.dtype.newbyteorder("="), order="K")  # numbers as they are here
        assert found.dtype == value.dtype
        assert found.shape == value.shape
        assert found.tobytes() == value.tobytes()
        # Axes of floats may run backwards, those of others are turned.
        layout = given if given.dtype.kind == "f" else value
        if value.size and layout.flags.forc:
            assert found.flags.c_contiguous == layout.flags.c_contiguous
            assert found.flags.f_contiguous == layout.flags.f_contiguous
        elif value.size:
            several = np.array(value.shape) > 1
            signs = [np.sign(each.strides)[several] for each in (found, layout)]
            np.testing.assert_array_equal(*signs)
    elif isinstance(value, np.ndarray):
        assert found.shape == value.shape
        assert_identical(found.ravel().tolist(), value.ravel().tolist())
    elif sparse.issparse(value):
        assert found.format == value.format
        assert found.shape == value.shape
        assert found.dtype == value.dtype
        assert_identical(found.toarray(), value.toarray())
    elif isinstance(value, list | tuple):
        assert len(found) == len(value)
        for one, other in zip(found, value, strict=True):
            assert_identical(one, other)
    elif isinstance(value, Anything):
        assert_identical(vars(found), vars(value))
    elif isinstance(value, dict):
        assert_identical(list(found), list(value))
        assert_identical(list(found.values()), list(value.values()))
    else:
        assert pickle.dumps(found) == pickle.dumps(value)


@pytest.mark.parametrize("code", NUMBERS)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (7,), (3, 4), (1, 4), (3, 1), (0, 4), (2, 3, 4)])
def test_arrays(code, shape, tmp_path, rng):
    dtype = np.dtype(code)
    raw = rng.randint(0, 2 if code == "?" else 256, (*shape, dtype.itemsize)).astype(np.uint8)
    array = np.frombuffer(raw.tobytes(), dtype).reshape(shape)
    arrays = [array, np.asfortranarray(array), array[..., ::-1] if shape else array]
    if len(shape) == 3:
        arrays += [array.transpose(axes) for axes in [(1, 0, 2), (2, 0, 1), (1, 2, 0)]]
        arrays += [array[::-1, :, ::-1], array.transpose(2, 0, 1)[:, ::-1]]
    for each in arrays:
        for verify in (True, False):
            assert_comes_back(each, tmp_path / "file", verify=verify)
    if code not in (">f8", ">i2"):  # numbers are in the order of this machine
        assert_comes_back([array.reshape(-1)[i] for i in range(array.size)], tmp_path / "file")


PLAIN = [
    *(None, True, False, 0, -1, 2**40, 2**200, 0.1, -0.0, float("inf"), float("-inf"), 1j, 5e-324),
    *("", "é\0\n☃", "@array", "\ud800", b"", b"\0\xff", slice(1, None, 2), range(3)),
    *([], (), {}, set(), frozenset(), [[]], [()], ((),), {"@array": ["x"]}, {"": None}),
    *([1] * 50, [1.5] * 50, [True] * 50, [1, True, 1.0] * 9, [2**70] * 20, (1,) * 20),
    *({1: "a", "1": "b", (1, 2): "c", None: 0.5, 1.5: [1]}, {i: i / 2 for i in range(40)}),
    *({"a", "b"}, frozenset({1, 2}), {(1, 2), (3,)}, {"x": {"y": [{"z": (1, [2])}]}}),
    *(np.float32(0.1), np.int8(-1), np.bool(True), np.str_("é"), np.bytes_(b"a"), np.uint64(2**63)),
    *(np.complex64(1 + 2j), np.datetime64("2020-01-01"), np.timedelta64(5, "s")),
    *([np.float32(0.1)] * 3, [np.int64(1), 1], {"a": np.int64(3), "b": np.int64(4)}),
    *(np.array(["a", "é\0b", ""]), np.array([["a"], ["b"]], "U9"), np.array([b"a", b"\0b"])),
    *(np.array([1, "a", None, 2.5, (1, 2), [3]], object), np.array([[None, "a"]], object)),
    *(np.empty((0, 3), "U3"), np.empty((2, 0), object), np.array("a"), np.array(None, object)),
    *(np.float64, np.int32, float, object, str, np.dtype("f4"), np.dtype(object), np.dtype("U5")),
    *(Bunch(a=1), OrderedDict([("b", 1), ("a", np.arange(3))])),
    *(StandardScaler(), [("a", Ridge(alpha=2)), ("b", "passthrough")], [{"a": Ridge()}]),
]


@pytest.mark.parametrize("value", PLAIN, ids=range(len(PLAIN)))
def test_plain_values(value, tmp_path):
    assert_comes_back(value, tmp_path / "file")


@pytest.mark.parametrize("name", ["csr", "csc", "bsr", "coo", "dia"])
@pytest.mark.parametrize("kind", ["array", "matrix"])
def test_sparse_matrices(name, kind, tmp_path, rng):
    for shape in [(3, 5), (0, 4), (4, 0), (1, 1)]:
        dense = rng.standard_normal(shape) * (rng.random_sample(shape) > 0.5)
        value = getattr(sparse, f"{name}_{kind}")(dense)
        assert_comes_back(value, tmp_path / "file")
        assert_comes_back(value.astype(np.float32), tmp_path / "file", verify=False)


def test_random_generators_go_on_as_they_would_have(tmp_path):
    for value in (np.random.RandomState(3), np.random.default_rng(3)):
        value.standard_normal(3)
        save_params(Anything().fit(value), tmp_path / "file")
        loaded = load_params(tmp_path / "file", allow=ALLOW).value_
        assert loaded.standard_normal(5).tolist() == value.standard_normal(5).tolist()


def test_the_same_object_is_one_object_again(tmp_path):
    scaler, array = StandardScaler().fit([[0.0], [1.0]]), np.arange(6.0)
    value = [
        scaler,
        [scaler],
        {"again": scaler},
        array,
        array,
        array[2:],
        array.copy(),
        scaler.mean_,
    ]
    loaded = assert_comes_back(value, tmp_path / "file").value_
    assert loaded[0] is loaded[1][0]
    assert loaded[0] is loaded[2]["again"]
    assert loaded[3] is loaded[4]
    assert loaded[7] is loaded[0].mean_
    assert loaded[3] is not loaded[6]


def test_members_share_what_they_shared(tmp_path, rng):
    """Whether arrays are columns of a table or stand alone."""
    shared, own = rng.standard_normal(2000), [rng.standard_normal(i) for i in range(9)]
    for picked in ([shared] * 3, own, [*own, own[3]], [shared, own[1], shared], [shared, *own]):
        members = [Other(i).fit([array, shared, own[2]]) for i, array in enumerate(picked)]
        loaded = assert_comes_back(members, tmp_path / "file").value_
        arrays = [array for member in loaded for array in member.value_]
        before = [array for member in members for array in member.value_]
        for i, one in enumerate(before):
            for j, other in enumerate(before):
                assert (one is other) == (arrays[i] is arrays[j])


def test_members_of_several_kinds_come_back_in_their_order(tmp_path, rng):
    for _ in range(20):
        members = [
            (Anything, Other)[rng.randint(2)](
                [None, rng.randint(9), rng.random_sample(), "ab"[rng.randint(2)]][rng.randint(4)]
            ).fit(rng.standard_normal((rng.randint(3), 2)).astype("fd"[rng.randint(2)]))
            for _ in range(rng.randint(1, 12))
        ]
        loaded = assert_comes_back(members, tmp_path / "file").value_
        for found, member in zip(loaded, members, strict=True):
            assert_identical(found.hyperparameter, member.hyperparameter)
            assert_identical(found.value_, member.value_)


class _Unknown:
    pass


def _matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.matrix([[1.0]])


REFUSED = [
    *(lambda x: x, np.log1p, print, partial(int, base=2), _Unknown(), _Unknown, Decimal(1)),
    *(date(2020, 1, 1), Path("a"), deque([1]), Counter("a"), np.array([_Unknown()], object)),
    *(np.longdouble(1), np.ones(2, np.longdouble), np.zeros(2, "i4,f4"), np.ma.ones(2)),
    *(_matrix(), sparse.lil_matrix((2, 2)), sparse.coo_array(np.ones(3)), iter([1])),
    *(np.dtype("i4,f4"), memoryview(b"a"), bytearray(b"a")),
]


@pytest.mark.parametrize("value", REFUSED, ids=range(len(REFUSED)))
@pytest.mark.parametrize(
    "where", [lambda v: v, lambda v: [1, {"a": (v,)}], lambda v: Ridge(alpha=v)]
)
def test_what_a_file_cannot_hold_is_refused_by_its_path(value, where, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(TypeError, match=r"save_params: value_.* (is|has) .* in Anything"):
        save_params(Anything().fit(where(value)), path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_contains_itself_is_refused(tmp_path):
    model = Anything().fit(None)
    model.value_ = [model]
    with pytest.raises(TypeError, match="contains itself"):
        save_params(model, tmp_path / "file")
    loop = []
    loop.append(loop)
    with pytest.raises(TypeError, match="nested too deep"):
        save_params(Anything().fit(loop), tmp_path / "file")


def test_classes_of_other_packages_are_imported_only_if_they_are_named(tmp_path):
    path = tmp_path / "file"
    save_params(Anything().fit([Other().fit(1)]), path)
    for allow in ((), ("tests.keep.models.Anything",), ("tests.keep.models",), ("Anything",)):
        with pytest.raises(ParamsFileError, match=r"allow=\('tests\.keep\.models\.\w+',\)"):
            load_params(path, allow=allow)
    with pytest.raises(TypeError, match="allow must be a collection of names"):
        load_params(path, allow="tests.keep.models.Anything")
    assert load_params(path, allow=ALLOW).value_[0].value_ == 1


def test_classes_that_cannot_be_imported_are_refused(tmp_path):
    class Local(Anything):
        pass

    with pytest.raises(TypeError, match=r"Local, whose class cannot be imported"):
        save_params(Local().fit(1), tmp_path / "file")


class OwnWay(Anything):
    def __getstate__(self):
        return {"something": "else"}


def test_classes_that_pickle_their_own_way_are_refused(tmp_path):
    with pytest.raises(TypeError, match="has a way of its own to be pickled"):
        save_params(OwnWay().fit(1), tmp_path / "file")
