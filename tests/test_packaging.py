"""What the package's own files promise."""

import re
import runpy
import tomllib
from itertools import product
from pathlib import Path

import pytest
import sklearn
from sklearn.experimental import enable_halving_search_cv, enable_iterative_imputer  # noqa: F401
from sklearn.utils import all_estimators

import skparams

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _bounds(lines, operator):
    found = (
        re.fullmatch(rf"([\w-]+)(?:\[\w+\])?{operator}([\d.]+)", line.strip()) for line in lines
    )
    return {match[1]: tuple(map(int, match[2].split("."))) for match in found if match}


def test_the_oldest_versions_tested_are_the_lower_bounds():
    extras = PROJECT["optional-dependencies"]
    lists = (extras[name] for name in ("dask", "demo", "keep", "onnx"))
    needed = _bounds(sum(lists, PROJECT["dependencies"]), ">=")
    tested = _bounds((ROOT / ".ci" / "oldest.txt").read_text().splitlines(), "==")
    assert tested.keys() == needed.keys()
    for name, bound in needed.items():
        assert tested[name][: len(bound)] == bound, name


@pytest.mark.parametrize("extra", ["demo", "test"])
def test_the_readme_has_each_command(extra):
    assert f"[{extra}]" in (ROOT / "README.md").read_text()
    assert extra in PROJECT["optional-dependencies"]


def test_show_versions_names_what_skparams_stands_on(capsys):
    skparams.show_versions()
    printed = capsys.readouterr().out
    for name in ("skparams", "numba", "numpy", "threadpoolctl"):
        assert name in printed


def test_the_citation_and_the_forms_of_issues_name_the_version():
    citation = ROOT / "CITATION.cff"
    if not citation.is_file():
        pytest.skip("the repository's files are not beside these tests")
    assert f"\nversion: {skparams.__version__}\n" in citation.read_text(encoding="utf-8")
    for name in ("bug", "count_or_role"):
        form = (ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8")
        assert 'python -c "import skparams; skparams.show_versions()"' in form


def test_the_readme_shows_what_its_snippet_prints():
    path = ROOT / "docs" / "make_readme.py"
    if not path.is_file():
        pytest.skip("the docs are not beside these tests")
    make_readme = runpy.run_path(str(path))
    match = make_readme["BLOCKS"].search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert make_readme["run"]()[0] == match["printed"]


def test_the_readmes_figures_stand_in_the_benchmarks():
    """A row beside scikit-learn has two figures and perhaps their ratio, as a row of a page has."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("measured numbers")[2]
    rows = re.findall(r"^\| \[.*?\| ([^|]+) \| ([^|]+) \| ([\d.]*)", section, re.MULTILINE)
    assert len(rows) == 2
    pages = sorted((ROOT / "docs" / "benchmarks").glob("*.md"))
    measured = [row for page in pages for row in page.read_text(encoding="utf-8").splitlines()]
    for theirs, ours, ratio in rows:
        assert any(theirs in row and f"| {ours} |" in row and ratio in row for row in measured), (
            theirs,
            ours,
            ratio,
        )


def test_the_landing_page_has_the_readmes_figures():
    readme, page = (
        (ROOT / name)
        .read_text(encoding="utf-8")
        .partition("measured numbers")[2]
        .partition("##")[0]
        for name in ("README.md", "docs/index.md")
    )
    figures = re.compile(r"(?<=\|) [\de+-. msof]*\d[^|]*(?=\|)")
    assert figures.findall(readme) == figures.findall(page) != []


def test_the_readme_counts_scikit_learns_estimators():
    """Experimental ones too; none of them has a guess: tests/test_all_estimators.py."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    version, described, all_ = re.search(r"learn (\S+) of which.* (\d+) of (\d+) \|", text).groups()
    if not sklearn.__version__.startswith(f"{version}."):
        pytest.skip(f"counted in scikit-learn {version}")
    assert int(described) == int(all_) == len(all_estimators())


@pytest.mark.parametrize("url", [None, "https://example.org/skparams"])
def test_the_description_has_no_link_that_breaks(url):
    path = ROOT / "docs" / "make_readme.py"
    if not path.is_file():
        pytest.skip("the docs are not beside these tests")
    description = runpy.run_path(str(path))["description"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = description(readme, url)
    links = re.findall(r"\]\(([^)]*)\)|\]\[|^\[.*\]: (.*)", text, re.MULTILINE)
    assert all(link.startswith(str(url)) for link, _ in links)
    assert (len(links) > 15) == (url is not None)
    if url == skparams.docs_url:
        assert text == (ROOT / "docs" / "description.md").read_text(encoding="utf-8")


def test_contributing_names_every_folder_and_files_that_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = Path(skparams.__file__).parent
    folders = {path.parent.relative_to(package).as_posix() for path in package.rglob("*.py")}
    # The larger modules of scikit-learn have folders, which the line of specs/sklearn covers.
    folders = {name for name in folders if not name.startswith("specs/sklearn/")} - {"."}
    assert set(re.findall(r"^\| `([\w/]+)/` \| ", text, re.MULTILINE)) == folders
    building = ROOT / "docs" / "building.md"
    if building.is_file():
        text += building.read_text(encoding="utf-8")
    files = re.findall(r"`((?:_|specs|neural|decomp)[\w/]+/[\w/]*\w\.py)`", text)
    assert len(files) > 3
    for file in files:
        assert (package / file).is_file(), file


def test_contributing_has_a_row_for_each_step_of_the_checks():
    steps = re.findall(r'^ *step "(.+)"$', (ROOT / ".ci" / "run").read_text("utf-8"), re.MULTILINE)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("| step |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\w.*?) \|", table, re.MULTILINE)
    assert len(rows) == len(steps) > 6
    for row, step in zip(rows, steps, strict=True):
        assert step.startswith(row)


def test_the_security_policy_names_tests_and_docs_that_exist():
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    files = re.findall(r"`(tests/[\w/]+\.py)`|\]\((docs/[\w/]+\.md)\)", text)
    assert len(files) > 12
    for names in files:
        for file in filter(None, names):
            assert (ROOT / file).is_file(), file


def test_the_tests_have_the_packages_folders():
    tests, package = ROOT / "tests", Path(skparams.__file__).parent
    folders = {path.parent for path in tests.rglob("test_*.py")} - {tests, tests / "typing"}
    for folder in folders:
        names = [(part, f"_{part}") for part in folder.relative_to(tests).parts]
        assert any(package.joinpath(*each).is_dir() for each in product(*names)), folder
