"""Models in files: those of ``save_params`` and of skops. A pickle is never loaded."""

import re
import stat
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import skparams
from skparams import ParamsFileError
from skparams._cli.console import CommandError, need, reason
from skparams.specs import is_estimator

_HEAD = 64  # bytes of a file that say what it is
_ZIP = b"PK\x03\x04"
_SKOPS = "schema.json"
# Our estimators hold numbers, text and containers of these only: see tests/keep/test_skops.py.
_OURS = {
    f"{cls.__module__}.{cls.__qualname__}"
    for cls in (skparams.MLPClassifier, skparams.MLPRegressor, skparams.PCA)
}
_PICKLE = "a pickle"
_PICKLES = {
    rb"\x80[\x02-\x0f]": _PICKLE,
    # Protocols 0 and 1 have no sign at the start: a global, an empty container, a mark and what
    # may follow it. What else begins so is no file of ours either.
    rb"c[\w.]+\n[\w.]+\n": _PICKLE,
    rb"[\]})]q\x00|\(([ld]p\d|c\w|[IFLSVK\[{(])": _PICKLE,
    rb"x[\x01\x5e\x9c\xda]": "compressed by zlib, as joblib.dump writes pickles",
    rb"\x1f\x8b": "compressed by gzip, as joblib.dump writes pickles",
    rb"BZh": "compressed by bzip2, as joblib.dump writes pickles",
    rb"\xfd7zXZ\x00|\x5d\x00\x00": "compressed by xz, as joblib.dump writes pickles",
    rb"\x04\x22\x4d\x18": "compressed by lz4, as joblib.dump writes pickles",
}
_INSTEAD = (
    "pickles are not loaded, as that runs their code: load it in Python if you trust it, and keep "
    "the model by skparams.save_params"
)
_SAFETENSORS = slice(8, 10), b'{"'  # where its header begins, and how
_ALLOW = re.compile(r"give allow=\('(.*?)',\)")


def load_model(path: Path, *, allow: Collection[str] = (), trust: Collection[str] = ()) -> Any:
    """Make the estimator in a file, whose code is not run.

    Raises CommandError for what is neither a file of ``save_params`` nor one of skops, and for
    classes that are neither known nor named.
    """
    if _is_zip(path):
        model = _load_skops(path, trust)
    else:
        with _reading(path):
            model = skparams.load_params(path, allow=allow)
    if not is_estimator(model):
        raise CommandError(f"{path} holds no estimator, but a {type(model).__name__}")
    return model


def inspect_model(path: Path, *, trust: Collection[str] = ()) -> Any:
    """The summary of the estimator in a file, which is made only if skops wrote it."""
    if _is_zip(path):
        return skparams.summary(load_model(path, trust=trust))
    with _reading(path):
        return skparams.inspect_params(path)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raise as CommandError what the functions for files of ``save_params`` raise."""
    try:
        yield
    except (ParamsFileError, ImportError) as error:
        raise CommandError(_ALLOW.sub(r"give --allow \1", reason(error))) from error
    except OSError as error:
        raise CommandError(f"cannot read {path}: {reason(error)}") from error


def _is_zip(path: Path) -> bool:
    """Whether a file is a zip archive, by its first bytes; a pickle is an error."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise CommandError(f"cannot read {path}: it is a folder")
        if not stat.S_ISREG(mode):
            raise CommandError(f"cannot read {path}: it is a device, a pipe or a socket")
        with path.open("rb", buffering=0) as file:
            head = file.read(_HEAD)
    except (OSError, ValueError) as error:  # a ValueError: a name that no file can have
        raise CommandError(f"cannot read {path}: {reason(error)}") from error
    if not head:
        raise CommandError(f"{path} is empty")
    place, begin = _SAFETENSORS
    if head.startswith(_ZIP) or head[place] == begin:
        return head.startswith(_ZIP)
    for pattern, what in _PICKLES.items():
        if re.match(pattern, head):
            raise CommandError(f"{path} is {what}; {_INSTEAD}")
    raise CommandError(f"{path} is neither a file of skparams.save_params nor one of skops")


def _load_skops(path: Path, trust: Collection[str]) -> Any:
    """Load a file of skops, if it holds no types but those that skops or the user trusts."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise CommandError(f"cannot read {path}: {reason(error)}") from error
    if any(name.endswith((".pkl", ".pickle")) for name in names):
        raise CommandError(f"{path} is a zip archive of pickles, as torch.save writes; {_INSTEAD}")
    if _SKOPS not in names:
        raise CommandError(f"{path} is a zip archive, but not one of skops")
    need("skops", "skops")
    skops = need("skops.io", "skops")
    try:
        untrusted = [name for name in skops.get_untrusted_types(file=path) if name not in _OURS]
        if missing := [name for name in untrusted if name not in trust]:
            raise CommandError(
                f"{path} holds types that skops does not trust; if you trust their code, give "
                + " ".join(f"--trust {name}" for name in missing)
            )
        return skops.load(path, trusted=[*_OURS, *untrusted])
    except (CommandError, MemoryError):
        raise
    except Exception as error:  # skops raises whatever comes of a file that is not as it should be
        what = f"{type(error).__name__}: {reason(error)}"
        raise CommandError(f"{path} cannot be loaded by skops: {what}") from error
