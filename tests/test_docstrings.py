"""Docstrings of all that is public are numpydoc, checked as setup.cfg says."""

import configparser
import inspect
from pathlib import Path

import pytest

import skparams
import skparams.specs

validate = pytest.importorskip("numpydoc.validate").validate

CONFIG = configparser.ConfigParser()
CONFIG.read(Path(__file__).parent.parent / "setup.cfg")
# `all` and then the exceptions.
LEFT_OUT = CONFIG["tool:numpydoc_validation"]["checks"].split()[1:]


def _public():
    """(module, name) of all that is public, and of the methods that a public class has."""
    for module in (skparams, skparams.specs):
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isclass(item) or inspect.isfunction(item):
                yield module.__name__, name
            for member, function in inspect.getmembers(item, inspect.isfunction):
                if not member.startswith("_") and function.__module__.startswith("skparams"):
                    yield module.__name__, f"{name}.{member}"


@pytest.mark.parametrize("name", [f"{module}.{name}" for module, name in _public()])
def test_docstring(name):
    errors = [error for error in validate(name)["errors"] if error[0] not in LEFT_OUT]
    assert not errors


@pytest.mark.parametrize("name", [f"{m}.{name}" for m, name in _public() if "." not in name])
def test_example(name):
    assert "EX01" not in {code for code, _ in validate(name)["errors"]}
