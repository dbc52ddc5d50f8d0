"""The script that `.ci/run` runs under several versions, under one."""

import numpy as np
import pytest

from tests.keep.across_versions import check, main


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    main("write", folder)
    return folder


def test_what_is_written_is_found(saved, capsys):
    main("check", saved)
    assert capsys.readouterr().out.count("as saved, in 5 ways") == 11


@pytest.mark.parametrize("key", ["fitted coefs_[0]", "predict_proba", "trained intercepts_[0]"])
def test_other_numbers_are_an_error(key, saved, tmp_path):
    for path in saved.glob("classes.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    expected = dict(np.load(saved / "classes.npz"))
    expected[key] = expected[key] * (1 + 1e-6)
    np.savez(tmp_path / "classes.npz", **expected)
    with pytest.raises(AssertionError, match=r"classes.npz, pickle: .*"):
        check(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(AssertionError, match="no models"):
        check(tmp_path)
