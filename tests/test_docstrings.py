"""Docstrings of all that is public are numpydoc, checked as setup.cfg says."""

import configparser
import inspect
from pathlib import Path

import pytest

import skparams

validate = pytest.importorskip("numpydoc.validate").validate

CONFIG = configparser.ConfigParser()
CONFIG.read(Path(__file__).parent.parent / "setup.cfg")
# `all` and then the exceptions.
LEFT_OUT = CONFIG["tool:numpydoc_validation"]["checks"].split()[1:]


def _public():
    for name in skparams.__all__:
        item = getattr(skparams, name)
        if inspect.isclass(item):
            yield f"skparams.{name}"
            for member, function in inspect.getmembers(item, inspect.isfunction):
                if not member.startswith("_") and function.__module__.startswith("skparams"):
                    yield f"skparams.{name}.{member}"
        elif inspect.isfunction(item):
            yield f"skparams.{name}"


@pytest.mark.parametrize("name", list(_public()))
def test_docstring(name):
    errors = [error for error in validate(name)["errors"] if error[0] not in LEFT_OUT]
    assert not errors


@pytest.mark.parametrize("name", [name for name in _public() if name.count(".") == 1])
def test_example(name):
    assert "EX01" not in {code for code, _ in validate(name)["errors"]}
