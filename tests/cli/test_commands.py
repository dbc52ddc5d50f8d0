"""What all commands have in common: help, exit codes, one line for what is wrong, the output."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from skparams._cli import main
from skparams._cli.parser import make_parser

ROOT = Path(__file__).parent.parent.parent
COMMANDS = ["demo", "compare", "plan", "summary", "diff", "warm"]
PLAN = ["plan", "mlp", "--features", "3", "--classes", "2", "--set", "hidden_layer_sizes=2"]


def run(capsys, *argv):
    """The exit code, and what was printed on standard output and standard error."""
    try:
        code = main([*map(str, argv)])
    except SystemExit as stop:  # argparse's
        code = stop.code
    return code, *capsys.readouterr()


def refused(capsys, *argv):
    """The one line on standard error of a call that ends with exit code 2."""
    code, out, error = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert re.fullmatch(f"skparams( {argv[0]})?: .*\n", error), error
    assert error.rstrip("\n").isprintable()
    return error


def in_process(*argv, **options):
    """Run the command in another process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(argv, capture_output=True, env=environment, timeout=120, **options)


def test_the_command_is_installed():
    script = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert script == {"skparams": "skparams.__main__:start"}
    (point,) = importlib.metadata.EntryPoints(
        [importlib.metadata.EntryPoint("skparams", script["skparams"], "console_scripts")]
    )
    assert callable(point.load())


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_examples_that_are_its_arguments(capsys, command):
    code, out, error = run(capsys, command, "--help")
    assert (code, error) == (0, "")
    assert out.isascii()
    assert max(map(len, out.splitlines())) <= 95
    examples = re.findall(r"^  skparams (.*?)(?: [|>].*)?$", out, re.MULTILINE)
    assert examples
    for example in examples:
        assert make_parser().parse_args(example.split()).command == command
    assert command in run(capsys, "--help")[1]


def test_help_imports_nothing_that_takes_time():
    code = (
        "import sys; from skparams._cli import main\n"
        "try: main(['compare', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'sklearn', 'pandas', 'joblib', 'jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = in_process(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["compare"], "required: DATA"),
        (["diff", "a"], "required: AFTER"),
        (["compare", "a", "--folds", "1"], "--folds: must be a whole number >= 2, got '1'"),
        (["compare", "a", "--folds", "x\ny"], r"got 'x\\ny'"),
        (["compare", "a", "--rope", "0"], "--rope: must be a number > 0, got '0'"),
        (["compare", "a", "--rope", "nan"], "--rope: must be a number > 0, got 'nan'"),
        (["compare", "a", "--seed", "-1"], "--seed: must be a whole number from 0 to 4294967295"),
        (["compare", "a", "--seed", str(2**32)], "--seed: must be a whole number from 0 to"),
        (["compare", "a", "--jobs", "0"], "--jobs: must be a whole number >= 1, got '0'"),
        (["diff", "a", "b", "--rtol=-1"], "--rtol: must be a number >= 0, got '-1'"),
        (["plan", "mlp", "--features", "0"], "--features: must be a whole number >= 1, got '0'"),
        (["summary", "a", "--nope\x1b"], r"unrecognized arguments: --nope\\x1b"),
    ],
)
def test_wrong_arguments_are_one_line(capsys, argv, message):
    assert re.search(message, refused(capsys, *argv))


def test_no_command_is_one_line(capsys):
    assert run(capsys) == (
        2,
        "",
        "skparams: the following arguments are required: command; see skparams --help\n",
    )


def test_json_is_alone_on_standard_output(capsys, tmp_path):
    page = tmp_path / "plan.html"
    code, out, error = run(capsys, *PLAN, "--json", "--out", page)
    assert code == 0
    assert json.loads(out)["kind"] == "plan"
    assert error == f"skparams plan: wrote {page}\n"
    assert run(capsys, *PLAN)[1:] != (out, "")


def test_a_page_needs_no_other_file_and_replaces_the_old_one(capsys, tmp_path):
    page = tmp_path / "plan.html"
    page.write_text("old")
    link = tmp_path / "link.html"
    link.symlink_to(page)
    assert run(capsys, *PLAN, "--out", link)[0] == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "coefs_[0]" in text
    assert "<footer>skparams " in text
    assert " · mlp</footer>" in text
    assert not re.search(r"""(src|href)=["']?(http|//)|<script""", text)
    assert link.is_symlink()
    assert sorted(tmp_path.iterdir()) == [link, page]


def test_a_page_that_cannot_be_written_is_refused_before_the_work(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("skparams._cli.plan.make_estimator", None)  # fails where it is called
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    for name, why in {
        "": "it is a folder",
        "no/page.html": "No such file or directory",
        "pipe": "it is a device, a pipe or a socket",
        "round": "Symlink loop|its links lead in a circle",
        "a\0b": "null byte|null character",
        "n" * 300: "File name too long",
    }.items():
        error = refused(capsys, *PLAN, "--out", f"{tmp_path}/{name}")
        assert re.search(f"cannot write .*({why})", error), error
    assert refused(capsys, *PLAN, "--out", "/dev/null").endswith("a device, a pipe or a socket\n")


@pytest.mark.parametrize("shell", ["| true", "> /dev/full"])
def test_help_that_nobody_reads(tmp_path, shell):
    script = f'{{ "$@" --help; echo $? > code; }} {shell}'
    done = in_process("sh", "-c", script, "sh", sys.executable, "-m", "skparams", cwd=tmp_path)
    assert (tmp_path / "code").read_text() == "0\n"
    assert done.stderr == b""


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_result_that_cannot_be_printed(capsys, monkeypatch, options):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main([*PLAN, *options]) == 2
    error = capsys.readouterr().err
    assert error == "skparams plan: cannot print: No space left on device\n"


def test_an_error_of_ours_is_not_a_difference(capsys, monkeypatch):
    def load(*_, **__):
        raise LookupError("not foreseen")

    monkeypatch.setattr("skparams._cli.diff.load_model", load)
    assert main(["diff", "a", "b"]) == 2
    assert "LookupError: not foreseen" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["compare", "file", "--target", "a"],
        ["plan", "mlp", "--data", "file", "--target", "a"],
        ["summary", "file"],
        ["summary", "other", "--data", "file"],
        ["diff", "other", "file"],
    ],
)
def test_a_page_does_not_replace_what_is_read(capsys, tmp_path, monkeypatch, argv):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("a,b\n")
    (tmp_path / "link").hardlink_to("file")
    for name in ("file", "./file", "link"):
        error = refused(capsys, *argv, "--out", name)
        assert "it is what the command reads" in error
    assert (tmp_path / "file").read_text() == "a,b\n"
