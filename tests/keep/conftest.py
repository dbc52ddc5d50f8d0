import os

import pytest


@pytest.fixture
def without_fsync(monkeypatch):
    """Waiting for the disk after each of many small files takes most of their time."""
    monkeypatch.setattr(os, "fsync", lambda file: None)
