"""Versions under which a file was written, and whether it can be loaded here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def check_versions(text: Mapping[str, Any]) -> None:
    """Raise for a file of a newer schema."""
