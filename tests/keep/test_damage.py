"""Damaged files: whatever happened to the bytes, loading them is an error and nothing worse."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from skparams import ParamsFileError, load_params, save_params
from skparams._keep.container import read, write
from tests.processes import assert_runs

pytest.importorskip("safetensors")
resource = pytest.importorskip("resource")

N_FILES = 5_000
MAX_GROWTH = 10_000_000  # bytes of the resident set, beside the file itself
linux = pytest.mark.skipif(sys.platform != "linux", reason="units of ru_maxrss")


def model():
    """A pipeline with arrays of floats, integers and booleans."""
    from sklearn.ensemble import RandomForestClassifier, VotingClassifier
    from sklearn.feature_selection import SelectKBest
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rng = np.random.RandomState(0)
    X = rng.standard_normal((200, 6))
    y = np.array(["no", "yes"])[(X[:, 0] + rng.standard_normal(200) > 0).astype(int)]
    members = [
        ("linear", LogisticRegression()),
        ("forest", RandomForestClassifier(5, random_state=0)),
    ]
    voting = VotingClassifier(members, voting="soft")
    return make_pipeline(SimpleImputer(add_indicator=True), SelectKBest(k=4), voting).fit(X, y)


class Damage:
    """Ways to damage a file, which return what it then holds and whether its header is damaged."""

    def __init__(self, data, rng):
        self.data, self.rng = data, rng
        self.start = 8 + int.from_bytes(data[:8], "little")
        self.padding = len(data[: self.start].rstrip(b" "))
        self.metadata = data.index(b'"skparams"')  # the checksum of the header stands before it

    def place(self):
        """A byte of any kind: of the length, the checksum, the text, the padding, an array."""
        begin, end = (
            *((0, 8), (8, self.metadata), (8, self.padding), (self.padding - 3, self.start)),
            *((self.start, self.start + 64), (self.start, len(self.data)), (0, len(self.data))),
            (len(self.data) - 16, len(self.data)),
        )[self.rng.randint(8)]
        return self.rng.randint(begin, end)

    def cut(self):
        return self.data[: self.place()]

    def lengthen(self):
        return self.data + self.rng.bytes(self.rng.randint(1, 5000))

    def flip_a_bit(self):
        return self._with(lambda part: bytes([part[0] ^ 1 << self.rng.randint(8)]), 1)

    def replace_a_byte(self):
        return self._with(lambda part: self.rng.bytes(len(part)), 1)

    def replace_many(self):
        return self._with(lambda part: self.rng.bytes(len(part)), 512)

    def clear_many(self):
        return self._with(lambda part: b"\0" * len(part), 512)

    def remove(self):
        return self._with(lambda part: b"", self.rng.randint(1, 100))

    def repeat(self):
        return self._with(lambda part: part * 2, self.rng.randint(1, 100))

    def _with(self, change, size):
        begin = self.place()
        end = begin + size
        return self.data[:begin] + change(self.data[begin:end]) + self.data[end:]


WAYS = (
    *("cut", "cut", "cut", "flip_a_bit", "flip_a_bit", "flip_a_bit", "flip_a_bit"),
    *("replace_a_byte", "replace_many", "clear_many", "remove", "repeat", "lengthen"),
)


def error_of(path, verify):
    try:
        load_params(path, verify=verify)
    except ParamsFileError as error:
        return error
    return None


def load_damaged_files(path, n_files):
    """Damage a file in many ways and check what loading it does; return how many did load."""
    data = Path(path).read_bytes()
    damage = Damage(data, np.random.RandomState(0))
    n_loaded = 0
    for number in range(n_files):
        way = WAYS[number % len(WAYS)]
        damaged = getattr(damage, way)()
        if damaged == data:  # zeros in the place of zeros
            continue
        Path(path).write_bytes(damaged)
        for verify in (True, False):
            error = error_of(path, verify)
            if error is not None:
                assert repr(str(path)) in str(error), (way, error)
                continue
            n_loaded += 1
            assert not verify, (way, number)
            assert damaged[: damage.start] == data[: damage.start], (way, number)
            assert len(damaged) == len(data), (way, number)
    return n_loaded


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("n_files", [1000, pytest.param(N_FILES, marks=pytest.mark.exhaustive)])
@linux
def test_damaged_files_raise_and_take_no_memory(tmp_path, note, n_files):
    path = tmp_path / "file"
    save_params(model(), path)
    code = f"""
    import os
    from skparams import load_params
    from tests.keep.test_damage import load_damaged_files, peak

    path = {str(path)!r}
    size = os.path.getsize(path)
    for verify in (True, False):
        load_params(path, verify=verify)
    before = peak()
    n_loaded = load_damaged_files(path, {n_files})
    print(f"{{n_loaded}} of {n_files} loaded unverified, {{(peak() - before) / 1e6:.1f}} MB")
    assert n_loaded
    assert peak() - before <= size + {MAX_GROWTH}, (before, peak())
    """
    note(assert_runs(code).stdout.strip())


def test_each_bit_of_a_header_and_each_length_counts(tmp_path):
    path = tmp_path / "file"
    write(path, {"text": "é"}, {"x": np.arange(5, dtype="u1"), "y": np.arange(3.0)})
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    for bit in range(8 * len(data)):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(ParamsFileError):
            read(path, verify=True)
        if bit < 8 * start:
            with pytest.raises(ParamsFileError):
                read(path, verify=False)
        else:
            read(path, verify=False)
    for length in range(len(data)):
        path.write_bytes(data[:length])
        for verify in (True, False):
            with pytest.raises(ParamsFileError):
                read(path, verify=verify)


@linux
@pytest.mark.exhaustive
def test_a_large_file_is_in_memory_once_or_not_at_all(tmp_path):
    size = 40_000_000
    code = f"""
    import numpy as np
    from skparams._keep.container import read, write
    from tests.keep.test_damage import MAX_GROWTH, peak

    path = {str(tmp_path / "file")!r}
    write(path, {{}}, {{"x": np.zeros(3)}})
    for verify in (True, False):
        read(path, verify=verify)
    arrays = {{"x": np.ones({size // 2 // 8}), "y": np.ones({size // 2 // 4}, "f4")}}
    before = peak()
    write(path, {{}}, arrays)
    assert peak() - before < MAX_GROWTH
    del arrays
    """
    assert_runs(code)
    for verify, limit in ((True, size + MAX_GROWTH), (False, MAX_GROWTH)):
        code = f"""
        from skparams._keep.container import read, write
        from tests.keep.test_damage import peak

        write({str(tmp_path / "small")!r}, {{}}, {{}})
        read({str(tmp_path / "small")!r}, verify={verify})
        before = peak()
        arrays = read({str(tmp_path / "file")!r}, verify={verify}).arrays
        assert peak() - before < {limit}, peak() - before
        assert arrays["x"][-1] == arrays["y"][-1] == 1
        """
        assert_runs(code)


def test_a_length_beyond_the_file_takes_no_memory(tmp_path):
    """Nor does a file that claims to be large: it is one."""
    path = tmp_path / "file"
    write(path, {}, {"x": np.zeros(3)})
    data = bytearray(path.read_bytes())
    for length in (99_000_000, 2**31, 2**63, 2**64 - 1):
        data[:8] = length.to_bytes(8, "little")
        path.write_bytes(data)
        with pytest.raises(ParamsFileError, match="cut off or damaged"):
            read(path, verify=True)
        os.truncate(path, 10**9)  # sparse
        with pytest.raises(ParamsFileError, match="damaged"):
            read(path, verify=True)
