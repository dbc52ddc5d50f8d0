"""Files larger than the memory that a process may use."""

import sys

import numpy as np
import pytest

from tests.processes import assert_runs

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="macOS does not enforce the limit of memory"
)

# Memory of a process that has imported and compiled all, and what training may take beyond that.
ROOM = 60 * 2**20
N_FEATURES, N_SAMPLES = 128, 4 * ROOM // (128 * 4) + 60

TRAIN = """
    import resource
    import warnings

    import numpy as np

    from skparams import MLPClassifier

    warnings.simplefilter("ignore")
    tiny = np.ones((60, 128), np.float32)
    model = MLPClassifier(4, max_iter=1, random_state=0)
    model.fit_blocks([(tiny, np.arange(60) % 2)] * 2)  # which compiles
    OPEN
    def used():
        with open("/proc/self/status") as file:
            lines = dict(line.split(":", 1) for line in file)
        return int(lines["VmData"].split()[0]) * 1024

    limit = used() + ROOM
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    assert X.shape[0] * X.shape[1] * X.dtype.itemsize > 4 * ROOM
    try:
        np.array(X)
    except MemoryError:
        pass
    else:
        raise AssertionError("all of it fits")
    FIT
    assert model.t_ == X.shape[0], model.t_
"""


def check_trains(path, opening, fitting):
    code = TRAIN.replace("OPEN", opening).replace("FIT", fitting).replace("ROOM", str(ROOM))
    assert_runs(code.replace("PATH", repr(str(path))))


@pytest.mark.parametrize(
    "normalization", [None, pytest.param("batch", marks=pytest.mark.exhaustive)]
)
def test_an_npy_file_of_four_times_the_memory(tmp_path, normalization):
    path = tmp_path / "X.npy"
    # A file of holes, so that nothing is written.
    shape = N_SAMPLES, N_FEATURES
    np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)[0] = 1
    check_trains(
        path,
        "X = np.load(PATH, mmap_mode='r')",
        f"""
    size = 2**14
    blocks = [
        (X[start : start + size], np.arange(start, min(start + size, len(X))) % 2)
        for start in range(0, len(X), size)
    ]
    model.set_params(normalization={normalization!r}).fit_blocks(blocks)
    """,
    )


@pytest.mark.exhaustive
def test_a_dataset_of_four_times_the_memory(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "X.h5"
    with h5py.File(path, "w") as file:
        shape = N_SAMPLES, N_FEATURES
        file.create_dataset("X", shape=shape, dtype=np.float32, chunks=(2**10, N_FEATURES))
    check_trains(
        path,
        """
    import h5py
    import skparams._lazy
    skparams._lazy.BLOCK_BYTES = 2**23
    X = h5py.File(PATH)["X"]
    model.fit(X[:60], np.arange(60) % 2)
    """,
        "model.fit(X, np.arange(len(X)) % 2)",
    )
