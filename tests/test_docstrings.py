"""Docstrings of all that is public are numpydoc, checked as setup.cfg says, with examples."""

import configparser
import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import skparams
import skparams.specs

validate = pytest.importorskip("numpydoc.validate").validate
from numpydoc.docscrape import NumpyDocString  # noqa: E402

ROOT = Path(__file__).parent.parent
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg")
# `all` and then the exceptions.
LEFT_OUT = CONFIG["tool:numpydoc_validation"]["checks"].split()[1:]


def _names():
    """(module, name) of all classes and functions that are public."""
    for module in (skparams, skparams.specs):
        for name in module.__all__:
            item = getattr(module, name)
            if inspect.isclass(item) or inspect.isfunction(item):
                yield module.__name__, name


def _reference():
    """(module, name) of all that the page of the reference lists."""
    module = None
    for line in (ROOT / "docs" / "reference" / "index.md").read_text("utf-8").splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif match := re.fullmatch(r"   ([A-Za-z_][\w.]*)", line):
            path, _, name = match[1].rpartition(".")
            yield f"{module}.{path}".rstrip("."), name


def _documented():
    """Dotted names of all classes and functions that the reference lists, and of their members."""
    for module, name in {**dict.fromkeys(_names()), **dict.fromkeys(_reference())}:
        item = getattr(import_module(module), name)
        if inspect.isclass(item) or inspect.isfunction(item):
            yield f"{module}.{name}"
        if inspect.isclass(item):
            for member, value in inspect.getmembers(item):
                function = value.fget if isinstance(value, property) else value
                ours = str(getattr(function, "__module__", None)).startswith("skparams")
                if ours and inspect.isfunction(function) and not member.startswith("_"):
                    yield f"{module}.{name}.{member}"


NAMES = [f"{module}.{name}" for module, name in _names()]
DOCUMENTED = sorted(set(_documented()))
RECORDS = {f"{module}.{name}" for module, name in _reference()} - set(NAMES)


def _find(dotted):
    """The class, function or method of a name."""
    head, _, member = dotted.rpartition(".")
    try:
        return getattr(import_module(head), member)
    except ModuleNotFoundError:
        return getattr(_find(head), member)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_docstring(name):
    # Nobody makes records but the functions that return them.
    left_out = {*LEFT_OUT, "PR01"} if name in RECORDS else LEFT_OUT
    assert [error for error in validate(name)["errors"] if error[0] not in left_out] == []


@pytest.mark.parametrize("name", NAMES)
def test_example(name):
    """Doctests run wherever they are; here it is that there is one, and what to read next."""
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(_find(name)))
    assert any(not example.options.get(doctest.SKIP) for example in examples)
    assert not {"EX01", "SA01"} & {code for code, _ in validate(name)["errors"]}


@pytest.mark.parametrize("name", sorted(set(DOCUMENTED) - RECORDS))
def test_parameters_have_types_and_defaults(name):
    item = _find(name)
    if isinstance(item, property) or (inspect.isclass(item) and issubclass(item, Exception)):
        return
    documented = NumpyDocString(inspect.getdoc(item))["Parameters"]
    types = {one.strip(" *"): each.type for each in documented for one in each.name.split(",")}
    for parameter in inspect.signature(item).parameters.values():
        if parameter.name == "self":
            continue
        written = re.search(r"default[ =].+$", types[parameter.name])
        assert bool(written) == (parameter.default is not parameter.empty), parameter


def test_the_reference_lists_all_public_names():
    listed = {f"{module}.{name}" for module, name in _reference()}
    assert set(NAMES) <= listed


@pytest.mark.parametrize("name", skparams.__all__)
def test_estimators_say_themselves_what_their_score_is(name):
    cls = getattr(skparams, name)
    if inspect.isclass(cls) and issubclass(cls, BaseEstimator) and hasattr(cls, "score"):
        assert cls.score.__module__.startswith("skparams.")
        assert ">>> " in cls.score.__doc__
