"""Which folder kernels are kept in."""

import os
import stat
import sys
import tempfile
from pathlib import Path

import numba
import pytest

import skparams
from skparams._runtime import folders
from skparams._runtime.folders import SUFFIX, cache_dir, folder_to_write, folders_to_read

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files to others"
)


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Folders under tmp_path in the place of all that could be used, where none is chosen."""
    (tmp_path / "file").touch()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(folders, "__file__", str(tmp_path / "package" / "_runtime" / "folders.py"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    for name in ("SKPARAMS_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def read_only_package(places):
    """A file in the place of the package's folder, as modes do not stop root."""
    (places / "package").write_text("")


@pytest.fixture
def only_temporary(places, read_only_package, monkeypatch):
    """The temporary folder is the only one that can be written; return ours in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "file"))
    return cache_dir()


def test_the_first_that_can_be_written(places, monkeypatch):
    file = places / "file"
    (places / "package").mkdir()
    assert cache_dir() == places / "package" / "__pycache__"
    (places / "package" / "__pycache__").rmdir()
    (places / "package").rmdir()
    (places / "package").touch()
    user = cache_dir()
    assert user.is_relative_to(places / "home")
    assert user.name == "skparams"
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "xdg"))
    assert cache_dir() == places / "xdg" / "skparams"
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    assert cache_dir().parent == places / "temporary"
    monkeypatch.setattr(tempfile, "tempdir", str(file))
    assert cache_dir() is None
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(places / "numba"))
    assert cache_dir() == places / "numba" / "skparams"
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(places / "chosen"))
    assert cache_dir() == skparams.cache_dir() == places / "chosen"


def test_none_in_the_place_of_the_one_that_was_chosen(places, monkeypatch):
    (places / "package").mkdir()
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(places / "file"))
    assert cache_dir() is None
    with pytest.raises(OSError, match="file"):
        folder_to_write()


@pytest.mark.usefixtures("read_only_package")
@pytest.mark.parametrize("value", ["", "relative/folder"])
def test_xdg_that_does_not_count(places, monkeypatch, value):
    monkeypatch.chdir(places)
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    assert cache_dir().is_relative_to(places / "home")
    assert not (places / "relative").exists()


@pytest.mark.usefixtures("read_only_package")
def test_without_a_home(places, monkeypatch):
    monkeypatch.chdir(places)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where the user is unknown
    assert cache_dir().parent == places / "temporary"
    assert not (places / "~").exists()


def test_one_for_each_user_and_no_more(places, only_temporary):
    assert cache_dir() == only_temporary
    assert list((places / "temporary").iterdir()) == [only_temporary]
    if hasattr(os, "geteuid"):
        assert only_temporary.name == f"skparams-{os.geteuid()}"
        assert stat.S_IMODE(only_temporary.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes")
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_one_that_others_can_write_is_not_used(only_temporary, mode):
    (only_temporary / f"a{SUFFIX}").touch()
    only_temporary.chmod(mode)
    assert cache_dir() is None
    assert only_temporary not in folders_to_read()


@as_root
def test_one_of_another_user_is_not_used(only_temporary):
    (only_temporary / f"a{SUFFIX}").touch()
    os.chown(only_temporary, 12345, 12345)
    assert cache_dir() is None
    assert only_temporary not in folders_to_read()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no symbolic links")
def test_a_link_is_not_used(places, only_temporary):
    only_temporary.rename(places / "elsewhere")
    only_temporary.symlink_to(places / "elsewhere")
    assert cache_dir() is None
    assert only_temporary not in folders_to_read()


def test_a_folder_that_can_only_be_read(places, monkeypatch):
    """As in an image whose file system is read-only: kernels are loaded from it."""
    chosen = places / "chosen"
    chosen.mkdir()
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", str(chosen))

    def refuse(dir):
        raise OSError(30, "Read-only file system", str(dir))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert cache_dir() is None
    (chosen / f"epoch-1{SUFFIX}").touch()
    assert cache_dir() == chosen
    assert chosen in folders_to_read()


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use stays there")
@pytest.mark.parametrize("chosen", ["here", "~nobody-of-this-name/there"])
def test_where_the_folder_of_the_process_is_deleted(places, monkeypatch, chosen):
    (places / "gone").mkdir()
    monkeypatch.chdir(places / "gone")
    (places / "gone").rmdir()
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", chosen)
    assert cache_dir() is None


def test_paths_are_absolute(places, monkeypatch):
    monkeypatch.chdir(places)
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", "here")
    assert cache_dir() == Path.cwd() / "here"
    monkeypatch.setenv("SKPARAMS_CACHE_DIR", "~/there")
    assert cache_dir() == places / "home" / "there"
