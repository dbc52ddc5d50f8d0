"""PCA on arrays in files: nothing is copied that grows with the file."""

import os
import subprocess
import sys

import numpy as np
import pytest

from skparams import PCA, explain

h5py = pytest.importorskip("h5py")

# A child may allocate a quarter of the file's size, once it has loaded what it needs.
CHILD = """
import resource, sys
import h5py, numpy as np
from skparams import PCA

path, kind = sys.argv[1:]
file = h5py.File(path) if path.endswith("h5") else None
X = file["X"] if file else np.load(path, mmap_mode="r")
few, n = np.array(X[:4000]), X.shape[0]
for model in (PCA(2), PCA(2, scale=True)):
    model.fit(few, sample_weight=np.ones(4000)).transform(few)
    model.score(few)
with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
limit = used + X.dtype.itemsize * X.size // 4
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
if kind == "stream":
    model = PCA(2)
    for start in range(0, n, 20_000):
        model = model.partial_fit(X[start : start + 20_000])
else:
    model = PCA(2).fit(X, sample_weight=np.ones(n) if kind == "weights" else None)
if kind == "all":
    assert model.transform(X).shape == (n, 2)
    assert np.isfinite(model.score(X))
try:
    np.ones(2 * limit // 8)
except MemoryError:
    print(*model.explained_variance_)
"""


def _write(path, dtype, order, rng, n=800_000, p=40):
    X = np.lib.format.open_memmap(path, "w+", dtype, (n, p), order == "F")
    block = 10 * rng.standard_normal((20_000, p)) * np.geomspace(10, 1, p) + 3
    for start in range(0, n, len(block)):
        X[start : start + len(block)] = block
    X[:, 5] = 7
    X.flush()
    return np.array(X[:20_000])  # all blocks are the same


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits of Linux")
@pytest.mark.parametrize(
    ("dtype", "order", "kind"),
    [
        ("f8", "C", "all"),
        *(
            pytest.param(*case, marks=pytest.mark.exhaustive)
            for case in [
                ("f8", "F", "weights"), ("f4", "F", "fit"), ("f4", "C", "all"),
                ("i2", "C", "fit"), ("i2", "F", "fit"), (">f8", "C", "fit"), ("f8", "F", "stream"),
            ]
        ),
    ],
)  # fmt: skip
def test_a_mapped_file_is_not_copied(dtype, order, kind, tmp_path, rng):
    block = _write(tmp_path / "X.npy", dtype, order, rng, 320_000 * 8 // np.dtype(dtype).itemsize)
    values = _in_child(tmp_path / "X.npy", kind)
    np.testing.assert_allclose(values, PCA(2).fit(block).explained_variance_, rtol=1e-4)


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits of Linux")
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.exhaustive) for kind in ("all", "stream")]
)
def test_a_dataset_is_read_by_blocks(kind, tmp_path, rng):
    block = 10 * rng.standard_normal((20_000, 40)) * np.geomspace(10, 1, 40)
    with h5py.File(tmp_path / "X.h5", "w") as file:
        X = file.create_dataset("X", (3_200_000, 40), "f4", chunks=(20_000, 40))
        for start in range(0, X.shape[0], len(block)):
            X[start : start + len(block)] = block
    values = _in_child(tmp_path / "X.h5", kind)
    np.testing.assert_allclose(values, PCA(2).fit(block).explained_variance_, rtol=1e-4)


def _in_child(path, kind):
    command = [sys.executable, "-c", CHILD, str(path), kind]
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")  # each has a buffer
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | one
    )
    assert done.returncode == 0, done.stderr
    return np.array(done.stdout.split(), float)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4"])
def test_a_dataset_gives_the_fit_in_memory(dtype, tmp_path, rng, monkeypatch):
    monkeypatch.setattr("skparams._lazy.BLOCK_BYTES", 4000)
    X = (100 * rng.standard_normal((500, 6)) * np.arange(1, 7)).astype(dtype)
    weight = rng.randint(0, 3, 500)
    with h5py.File(tmp_path / "X.h5", "w") as file:
        data = file.create_dataset("X", data=X, chunks=(13, 6))
        for given in (None, weight):
            expected = PCA(2, svd_solver="covariance_eigh").fit(X, sample_weight=given)
            found = PCA(2).fit(data, sample_weight=given)
            tol = 1e-5 if dtype == "f4" else 1e-12
            np.testing.assert_allclose(
                found.explained_variance_, expected.explained_variance_, rtol=tol
            )
            np.testing.assert_allclose(found.components_, expected.components_, atol=tol)
        np.testing.assert_array_equal(found.transform(data), found.transform(X))
        np.testing.assert_array_equal(found.score_samples(data), found.score_samples(X))
        np.testing.assert_array_equal(PCA(2).fit_transform(data), PCA(2).fit(data).transform(X))
        for call in (found.inverse_transform, lambda X: explain(found, X)):
            with pytest.raises(TypeError, match="X is an h5py Dataset"):
                call(data)


def test_tied_signs_in_a_mapped_file_are_ours(tmp_path):
    X = np.tile([[1.0, 2.0], [2.0, 1.0], [0.0, 0.5], [0.5, 0.0]], (100, 1))
    np.save(tmp_path / "X.npy", X)
    found = PCA(svd_solver="covariance_eigh").fit(np.load(tmp_path / "X.npy", mmap_mode="r"))
    in_memory = PCA(svd_solver="covariance_eigh").fit(X)
    np.testing.assert_allclose(np.abs(found.components_), np.abs(in_memory.components_))
