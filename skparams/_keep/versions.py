"""Versions under which a file was written, and whether it can be loaded here."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sklearn.exceptions import InconsistentVersionWarning

from skparams._keep.errors import ParamsFileError
from skparams._version import __version__

_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def check_versions(text: Mapping[str, Any]) -> None:
    """x."""
