"""Who imports whom, what an import costs, and that the public names are what they say."""

import ast
import fnmatch
import importlib.resources
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import skparams

PACKAGE = Path(skparams.__file__).parent
HEAVY = {"numba", "matplotlib", "pandas"}

# Module (a pattern below skparams) -> the modules of ours that it may import. The first pattern
# that fits holds; each module may import its own package's siblings only where they are named.
MAY_IMPORT = {
    "_compat": [],
    "_estimator": ["_version"],
    "_threads": [],
    "_jit": [],
    "*._kernels": [],
    "neural_network._mlp": [
        "_compat",
        "_estimator",
        "neural_network._base",
        "neural_network._network",
    ],
    "neural_network._base": [
        "_compat",
        "_estimator",
        "inspection._mixin",
        "neural_network._batches",
        "neural_network._network",
        "neural_network._training",
    ],
    "neural_network._training": [
        "_compat",
        "neural_network._batches",
        "neural_network._kernels",
        "neural_network._network",
    ],
    "neural_network._batches": [
        "_jit",
        "_threads",
        "neural_network._kernels",
        "neural_network._network",
    ],
    "neural_network._network": ["_compat"],
    "decomposition._pca": [
        "_compat",
        "_estimator",
        "decomposition._bootstrap",
        "decomposition._n_components",
        "decomposition._rotation",
        "decomposition._rows",
        "decomposition._solvers",
        "decomposition._stream",
    ],
    "decomposition._stream": ["_compat", "_estimator", "decomposition._*"],
    "decomposition._model": [
        "_compat",
        "_estimator",
        "decomposition._blocks",
        "decomposition._em",
        "decomposition._n_components",
        "inspection._mixin",
    ],
    "decomposition._blocks": ["_threads"],
    "decomposition._moments": ["_jit", "_threads", "decomposition._kernels"],
    "decomposition._n_components": [],
    "decomposition._resamples": ["_threads"],
    "decomposition._rotation": [
        "_estimator",
        "_threads",
        "decomposition._features",
        "inspection._mixin",
    ],
    # Figures share one palette and one way to write a name that fits.
    "decomposition._plot*": [
        "decomposition._*",
        "rendering._layout",
        "rendering._palette",
        "rendering._words",
    ],
    "decomposition._*": ["_compat", "decomposition._*"],
    "inspection._counts": [],
    "inspection._record": ["inspection._counts"],
    "inspection._summary_record": ["inspection._record", "inspection._shown", "rendering*"],
    "inspection._probe_record": ["inspection._shown"],
    "inspection._probe_values": [],
    "inspection._probe_calls": [],
    "inspection._sizes": ["inspection._counts"],
    "inspection._slimmed": [],
    "inspection._slim_record": ["inspection._record", "inspection._shown"],
    "inspection._copy": ["inspection._slimmed"],
    "inspection._bytes": ["inspection._copy", "inspection._leaf", "inspection._slimmed"],
    "inspection._outputs": [],
    "inspection._verified": ["inspection._copy", "inspection._outputs"],
    "inspection._spec": [
        "_compat",
        "inspection._counts",
        "inspection._record",
        "inspection._sizes",
        "inspection._specs*",
    ],
    "inspection._specs*": [
        "_compat",
        "inspection._counts",
        "inspection._record",
        "inspection._sizes",
        "inspection._spec*",
    ],
    "inspection._chain": ["inspection._record"],
    "inspection._leaf": ["inspection._counts", "inspection._record", "inspection._spec*"],
    "inspection._chosen": ["inspection._leaf", "inspection._record", "inspection._spec*"],
    "inspection._fitted": ["inspection._record", "inspection._spec*"],
    "inspection._collect": [
        "inspection._chain",
        "inspection._chosen",
        "inspection._counts",
        "inspection._fitted",
        "inspection._leaf",
        "inspection._record",
        "inspection._spec*",
    ],
    "inspection._plan_data": [
        "inspection._counts",
        "inspection._sizes",
        "inspection._specs*",
    ],
    "inspection._plan_search": ["inspection._sizes"],
    "inspection._plan_span": ["inspection._counts", "inspection._record"],
    "inspection._plan_rows": [
        "inspection._counts",
        "inspection._leaf",
        "inspection._record",
        "inspection._sizes",
        "inspection._spec",
    ],
    "inspection._plan_columns": [
        "inspection._counts",
        "inspection._leaf",
        "inspection._plan_rows",
        "inspection._sizes",
        "inspection._spec*",
    ],
    "inspection._plan_cost": [
        "inspection._counts",
        "inspection._plan_rows",
        "inspection._record",
    ],
    "inspection._shown": ["rendering*"],
    "inspection._diff_record": ["inspection._counts", "inspection._shown"],
    "inspection._spread_record": ["inspection._shown"],
    "inspection*": ["_compat", "inspection*"],
    "rendering*": [
        "_compat",
        "inspection._counts",
        "inspection._record",
        "inspection._*_record",
        "rendering*",
    ],
}
# Not bound: packages that only pass names on, and what stands above everything.
FREE = ["__init__", "*.__init__", "__main__", "_demo*", "demo*"]


def _name(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _imports(path):
    """(full module name, line, whether it stands outside functions) of each import of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for_types = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.unparse(test.test)
        for statement in test.body
        for node in ast.walk(statement)
    }
    package = ["skparams", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        top = id(node) not in inside
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, top
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{module}.{alias.name}", node.lineno, top


def _ours(full):
    """The module below skparams that an import names, or None if it is another package's."""
    if full.split(".")[0] != "skparams":
        return None
    name = full.removeprefix("skparams").lstrip(".")
    while name and name not in MODULES and f"{name}.__init__" not in MODULES:
        name = name.rpartition(".")[0]
    return name or full.removeprefix("skparams.")


def _fits(name, patterns):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


@pytest.mark.parametrize("module", MODULES)
def test_modules_import_those_that_they_may(module):
    if _fits(module, FREE):
        return
    bare = module.removesuffix(".__init__")
    allowed = next((may for who, may in MAY_IMPORT.items() if _fits(bare, [who])), [])
    wrong = [
        f"line {line}: {full}"
        for full, line, _ in _imports(MODULES[module])
        if (own := _ours(full)) is not None and not _fits(own, allowed)
    ]
    assert not wrong


@pytest.mark.parametrize("module", [name for name in MODULES if name.endswith("_kernels")])
def test_kernels_import_numba_and_numpy_and_nothing_else(module):
    roots = {full.split(".")[0] for full, _, _ in _imports(MODULES[module])}
    assert roots <= {"numba", "numpy"}


@pytest.mark.parametrize("module", [name for name in MODULES if not name.endswith("_kernels")])
def test_heavy_packages_and_kernels_are_imported_where_they_are_used(module):
    wrong = [
        f"line {line}: {full}"
        for full, line, top in _imports(MODULES[module])
        if top and (full.split(".")[0] in HEAVY or (_ours(full) or "").endswith("_kernels"))
    ]
    assert not wrong


@pytest.mark.parametrize("module", [name for name in MODULES if name != "_compat"])
def test_private_names_of_scikit_learn_are_imported_in_compat_alone(module):
    wrong = [
        f"line {line}: {full}"
        for full, line, _ in _imports(MODULES[module])
        if full.split(".")[0] == "sklearn"
        and any(part.startswith("_") and part != "__version__" for part in full.split("."))
    ]
    assert not wrong


@pytest.mark.parametrize("module", ["inspection._summary_record", "inspection._shown"])
def test_records_import_rendering_inside_their_methods(module):
    top = {full for full, _, top in _imports(MODULES[module]) if top}
    assert not {full for full in top if full.startswith("skparams.rendering")}


def in_fresh_process(code, *arguments):
    """Run code in an interpreter of its own; the heavy packages that it ended up with.

    scikit-learn imports pandas where it is installed, so it is made to be missing: whoever else
    wants it fails.
    """
    code = f"""
import sys

class NoPandas:
    def find_spec(self, name, path, target=None):
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

sys.meta_path.insert(0, NoPandas())
{code}
print("HEAVY", *sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rpartition("HEAVY")[2].split()


def test_importing_and_constructing_is_light():
    assert (
        in_fresh_process(
            """
import skparams
skparams.__version__
for name in skparams.__all__:
    getattr(skparams, name)
repr(skparams.MLPClassifier())
skparams.MLPRegressor()._repr_html_()
skparams.PCA()._repr_html_()
"""
        )
        == []
    )


@pytest.fixture
def saved(tmp_path, rng):
    """A file with a fitted classifier, regressor, PCA and stream, and their X."""
    X = rng.standard_normal((20, 3))
    models = []
    for Estimator in (skparams.MLPClassifier, skparams.MLPRegressor):
        with pytest.warns(ConvergenceWarning):
            models.append(
                Estimator(hidden_layer_sizes=4, max_iter=2, random_state=0).fit(X, X[:, 0] > 0)
            )
    models.append(skparams.PCA(2, missing="em").fit(X))
    models.append(skparams.PCA(2).partial_fit(X))
    path = tmp_path / "models.pickle"
    path.write_bytes(pickle.dumps((*models, X)))
    return path


load = """
import pickle
with open(sys.argv[1], "rb") as file:
    classifier, regressor, pca, stream, X = pickle.load(file)
"""


def test_loading_and_predicting_is_light(saved):
    code = """
classifier.predict(X), classifier.predict_proba(X), classifier.predict_log_proba(X)
classifier.score(X, classifier.predict(X))
regressor.predict(X)
for model in (pca, stream):
    model.inverse_transform(model.transform(X)), model.score(X), model.get_precision()
holed = X.copy()
holed[0, 0] = float("nan")
pca.transform(holed)
"""
    assert in_fresh_process(load + code, saved) == []


@pytest.mark.skipif("summary" not in skparams.__all__, reason="no summary yet")
def test_inspecting_is_light(saved):
    code = """
from skparams import count_params, diff, fitted_params, memorised, slim, summary
for model in (classifier, regressor, pca, stream):
    str(diff(model, model, align=True)), diff([model, model])._repr_html_()
    str(summary(model)), summary(model)._repr_html_(), repr(model)
    fitted_params(model), count_params(model), memorised(model)
    str(slim(model, X, return_report=True)[1])
"""
    assert in_fresh_process(load + code, saved) == []


def test_fitting_imports_numba():
    code = """
import warnings
import skparams
warnings.simplefilter("ignore")
skparams.MLPRegressor(hidden_layer_sizes=2, max_iter=1).fit([[1.0], [2.0]], [1.0, 2.0])
"""
    assert in_fresh_process(code) == ["numba"]


def test_all_is_true():
    assert sorted(skparams.__all__) == sorted(set(skparams.__all__))
    for name in skparams.__all__:
        assert getattr(skparams, name) is not None
    assert set(skparams.__all__) <= set(dir(skparams))


def test_the_stub_ships_and_names_the_same():
    stub = importlib.resources.files(skparams) / "__init__.pyi"
    assert stub.is_file()
    assert (importlib.resources.files(skparams) / "py.typed").is_file()
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    declared = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert imported == set(declared) == set(skparams.__all__)


def test_public_classes_say_where_they_are_public():
    for name in ("MLPClassifier", "MLPRegressor", "PCA"):
        assert getattr(skparams, name).__module__.startswith("skparams.")
        assert np.isscalar(skparams.__version__)
