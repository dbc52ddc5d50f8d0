"""Who imports whom, what an import costs, and that the public names are what they say."""

import ast
import importlib.resources
import pickle
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import skparams
import skparams.specs

PACKAGE = Path(skparams.__file__).parent
THIRD_PARTY = {
    *("catboost", "category_encoders", "hdbscan", "hmmlearn", "imblearn", "interpret", "lightgbm"),
    *("onnx", "onnxruntime", "optuna_integration", "pygam", "pyod", "skl2onnx"),
    *("sklearn_genetic", "skopt", "skorch", "sksurv"),
    *("statsmodels", "torch", "umap", "xgboost"),
}
HEAVY = {"numba", "matplotlib", "pandas", "dask", "distributed", "h5py", *THIRD_PARTY}

# Each folder, from the bottom to the top, and the folders of ours that its files may import. A name
# of another folder comes from that folder's ``__init__``, which lists what is for others.
MAY_IMPORT = {
    "_records": [],
    "_report": ["_records"],
    "specs": ["_records"],
    "specs.sklearn": ["_records", "specs"],
    "specs.sklearn.decomposition": ["_records", "specs"],
    "specs.sklearn.ensemble": ["_records", "specs"],
    "specs.sklearn.linear_model": ["_records", "specs"],
    "specs.sklearn.preprocessing": ["_records", "specs"],
    "specs.third_party": ["_records", "specs"],
    "_walk": ["_records", "specs"],
    "_probe": ["_records", "_report", "specs", "_walk"],
    "_slim": ["_records", "_report", "specs", "_walk", "_probe"],
    "_summary": ["_records", "_report", "specs", "_walk", "_probe"],
    "_plan": ["_records", "_report", "specs", "_walk"],
    "_diff": ["_records", "_report", "specs", "_walk"],
    "_identify": ["_records", "_report", "specs", "_walk", "_runtime"],
    "_params": ["_records", "specs", "_walk", "_summary", "_plan"],
    "_monitor": ["_records", "_report", "specs", "_walk"],
    "_runtime": [],
    "_blocks": ["_runtime"],
    "_folds": ["_walk"],
    "_choose": [
        *("_records", "_folds", "_report", "specs", "_walk", "_plan", "_params", "_runtime"),
    ],
    "_compare": ["_records", "_folds", "_report", "specs", "_walk", "_runtime"],
    "_capacity": ["_params", "_records", "_folds", "_report", "specs", "_walk", "_runtime"],
    "_memorize": ["_records", "_folds", "_report", "specs", "_walk", "_runtime"],
    "_keep": ["_records", "specs", "_walk", "_params", "_summary", "_keep.checks", "_keep.kinds"],
    "_keep.checks": ["specs", "_walk", "_keep.kinds"],
    "_keep.kinds": ["specs"],
    "neural_network._encoder": ["_runtime", "specs"],
    "neural_network._plot": ["_report"],
    "neural_network._out_of_core": ["_blocks", "_runtime", "neural_network"],
    "neural_network": [
        *("_blocks", "_runtime", "_params", "_keep", "specs", "neural_network._encoder"),
        *("neural_network._plot", "neural_network._tabular", "neural_network._out_of_core"),
    ],
    "neural_network._tabular": [
        *("_runtime", "_params", "specs", "neural_network", "neural_network._encoder"),
    ],
    "neural_network._kernels": [],
    "decomposition._pca": ["_blocks", "_runtime", "_params", "specs"],
    "decomposition._explain": [
        "_blocks",
        "_records",
        "_report",
        "_runtime",
        "_params",
        "_walk",
        "decomposition._pca",
    ],
    "decomposition._plot": ["_report", "decomposition._pca", "decomposition._explain"],
    "decomposition": [
        "decomposition._pca",
        "decomposition._explain",
        "decomposition._plot",
    ],
    "_onnx": ["specs", "_walk", "neural_network", "decomposition"],
    "_cli.console": ["", "_report"],
    "_cli.tables": ["_report", "_cli.console"],
    "_cli.demo": ["", "_report", "_runtime", "_cli.console", "_cli.tables"],
    "_cli": [
        *("", "_report", "_compare", "_diff", "_runtime"),
        *("specs", "_cli.console", "_cli.tables", "_cli.demo"),
    ],
    "": [],
}
# Files that any folder may import.
FOR_ALL = {"_compat", "_escape", "_lazy", "_links", "_version"}
# Files of compiled code, by their last name, and all that they may import.
_PARTS = (
    *("unit_kernels", "activation_kernels", "layer_kernels", "loss_kernels"),
    "optimizer_kernels",
)
COMPILED = {"kernels", *_PARTS, "tiles", "decorators"}
FOR_COMPILED = {
    *("numba", "llvmlite", "numpy", "collections", "math"),
    *(f"skparams.neural_network._kernels.{name}" for name in _PARTS),
    *("skparams._runtime.tiles", "skparams._runtime.decorators"),
}


def _name(path):
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def _imports(path):
    """(full module name, line, whether it stands outside functions) of each import of a file."""
    return list(_read_imports(path))


def _read_imports(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for_types = {  # which do not run
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


def _listed(folder):
    """The names that a folder's ``__init__``, or the stub that it loads lazily, lists."""
    path = MODULES[f"{folder}.__init__".lstrip(".")]
    stub = path.with_suffix(".pyi")
    path = stub if stub.is_file() else path
    return {n.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.alias)}


LISTED = {_folder: _listed(_folder) for _folder in MAY_IMPORT}


def _ours(full):
    """The module or folder of ours that an import names, or None if it is another package's."""
    if full.split(".")[0] != "skparams":
        return None
    name = full.removeprefix("skparams").lstrip(".")
    folder, _, last = name.rpartition(".")
    if last in LISTED.get(folder, ()):
        return folder
    while name and name not in MODULES and f"{name}.__init__" not in MODULES:
        name = name.rpartition(".")[0]
    return name


def _folder(module):
    return module.rpartition(".")[0]


def _folders_and_files():
    """(module, the module or folder that it imports, line) of each import of ours."""
    for module, path in MODULES.items():
        for full, line, _ in _imports(path):
            own = _ours(full)
            if own is not None:
                yield module, own.removesuffix(".__init__"), line


def test_folders_import_those_below_them_through_their_init():
    wrong = []
    for module, imported, line in _folders_and_files():
        folder = _folder(module)
        if module.rpartition(".")[2] in COMPILED:  # which import nothing of ours but each other
            continue
        if imported in FOR_ALL or (folder == "" and module.endswith("__")):
            continue
        if module == f"{imported}.__init__":  # lists modules of its own
            continue
        within = _folder(imported) == folder and f"{imported}.__init__" not in MODULES
        if not within and imported not in MAY_IMPORT[folder]:
            wrong.append(f"{module}, line {line}: {imported}")
    assert not wrong


def test_no_imports_go_in_a_circle():
    """Imports inside functions count too, but a folder's ``__init__`` only lists."""
    graph = {}
    for module, imported, _ in _folders_and_files():
        if not module.endswith("__init__"):
            graph.setdefault(module, set()).add(imported)
    done = set()

    def visit(module, above):
        assert module not in above, " -> ".join([*above, module])
        if module not in done:
            for imported in graph.get(module, ()):
                visit(imported, [*above, module])
            done.add(module)

    for module in list(graph):
        visit(module, [])


def test_folders_are_small():
    many = {"specs.sklearn", "specs.third_party"}  # one a module, one a package
    n_files = Counter(_folder(module) for module in MODULES if not module.endswith("__init__"))
    assert {folder for folder, n in n_files.items() if n > 18} <= many


def test_private_and_heavy_imports_stand_where_they_may():
    wrong = []
    for module, path in MODULES.items():
        compiled = module.rpartition(".")[2] in COMPILED
        for full, line, top in _imports(path):
            root, last = full.split(".")[0], full.split(".")[-1]
            private = any(p.startswith("_") and p != "__version__" for p in full.split("."))
            if (
                (compiled and not {root, full.rpartition(".")[0]} & FOR_COMPILED)
                or (not compiled and top and (root in HEAVY or last in COMPILED))
                or (root == "sklearn" and private and module != "_compat")
            ):
                wrong.append(f"{module}, line {line}: {full}")
    assert not wrong


def in_fresh_process(code, *arguments):
    """Run code, where ``heavy()`` is the set of heavy packages so far, in a new interpreter.

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

def heavy():
    return {HEAVY!r} & set(sys.modules)

{code}
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


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


def test_nothing_but_fit_imports_heavy_packages(saved):
    in_fresh_process(
        """
import pickle
with open(sys.argv[1], "rb") as file:
    classifier, regressor, pca, stream, X = pickle.load(file)
classifier.predict(X), classifier.predict_proba(X), classifier.predict_log_proba(X)
classifier.score(X, classifier.predict(X))
regressor.predict(X)
for model in (pca, stream):
    model.inverse_transform(model.transform(X)), model.score(X), model.get_precision()
holed = X.copy()
holed[0, 0] = float("nan")
pca.transform(holed)
assert not heavy(), ("loading and predicting", heavy())

from skparams import count_params, diff, fitted_params, identifiable, kept_rows, slim, spread
from skparams import summary
for model in (classifier, regressor, pca, stream):
    str(diff(model, model, align=True)), spread([model, model])._repr_html_()
    str(summary(model)), summary(model)._repr_html_(), repr(model)
    fitted_params(model), count_params(model), kept_rows(model)
    str(slim(model, X, return_report=True)[1])
    str(identifiable(model, X))
assert not heavy(), ("inspecting", heavy())

import skparams
skparams.__version__
for name in skparams.__all__:
    getattr(skparams, name)
repr(skparams.MLPClassifier())
skparams.MLPRegressor()._repr_html_()
skparams.PCA()._repr_html_()
assert not heavy(), ("importing and constructing", heavy())

import warnings
warnings.simplefilter("ignore")
skparams.MLPRegressor(hidden_layer_sizes=2, max_iter=1).fit([[1.0], [2.0]], [1.0, 2.0])
assert heavy() == {"numba"}, ("fitting", heavy())
""",
        saved,
    )


def test_a_pca_loads_no_tables_and_explain_no_solvers():
    in_fresh_process(
        """
def loaded():
    return {name.removeprefix("skparams.decomposition.") for name in sys.modules}

from skparams import explain
assert not any(name.startswith(("_pca", "_plot")) for name in loaded()), loaded()

from skparams import PCA
PCA().set_params(n_components=2)
assert "_pca.estimator" in loaded()
assert not any(name.startswith("_plot") for name in loaded()), loaded()
assert not loaded() & {"_explain.explanation", "_explain.find", "_explain.rotation"}, loaded()
"""
    )


def test_all_is_true():
    assert sorted(skparams.__all__) == sorted(set(skparams.__all__))
    for name in skparams.__all__:
        assert getattr(skparams, name) is not None
    assert set(skparams.__all__) <= set(dir(skparams))


def test_no_module_has_a_name_that_its_folder_lists():
    """Importing the module would put it in the place of the function."""
    clash = {
        f"{folder}.{name}".lstrip(".")
        for folder, names in LISTED.items()
        for name in names
        if f"{folder}.{name}".lstrip(".") in MODULES and folder != "specs"
    }
    assert not clash
    assert not {name for name in skparams.specs.__all__ if f"specs.{name}" in MODULES}


@pytest.mark.exhaustive
def test_every_public_name_is_itself_after_every_other_was_used():
    """Names are loaded lazily, and loading one may load modules that the others come from."""
    code = """
import contextlib, inspect, io, os, tempfile
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

X = [[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]]
model = Ridge().fit(X, [1.0, 2.0, 3.0])
path = os.path.join(tempfile.mkdtemp(), "model.safetensors")
ARGUMENTS = {
    "probe": (model, X), "diff": (model, model), "assert_same_model": (model, model),
    "spread": ([model, model],), "to_onnx": (model, X), "register_onnx_converters": (),
    "show_versions": (), "cache_dir": (), "save_params": (model, path),
    "inspect_params": (path,), "load_params": (path,),
    "compare": ({"a": model}, X * 2, [1.0, 2.0, 3.0] * 2),
    "fewest_params": (model, X, [1.0, 2.0, 3.0]),
    "fit_budget": (PCA(), X), "capacity_curve": (model, [*X, X[0]], [1.0, 2.0, 3.0, 1.0]),
    "identifiable": (model, X), "explain_finding": ("SKP001",),
    "memorization": (model, [*X] * 3, [1.0, 2.0, 3.0] * 3),
}
OPTIONS = {
    "capacity_curve": {"param_name": "alpha", "param_range": [1.0, 2.0], "cv": 2},
    "fit_budget": {"max_params": 5},
}

def use(name):
    value = getattr(skparams, name)
    assert not inspect.ismodule(value), name
    if name == "explain":
        value(skparams.PCA(1).fit(X), X)
    elif inspect.isfunction(value) and name != "params_frame":  # which needs pandas
        value(*ARGUMENTS.get(name, (model,)), **OPTIONS.get(name, {}))

import skparams
skparams.save_params(model, path)
names = skparams.__all__
for first in names:
    for module in [module for module in sys.modules if module.split(".")[0] == "skparams"]:
        del sys.modules[module]
    import skparams
    with contextlib.redirect_stdout(io.StringIO()):
        use(first)
    for name in names:
        assert not inspect.ismodule(getattr(skparams, name)), (first, name)
with contextlib.redirect_stdout(io.StringIO()):
    for name in names:
        use(name)
for name in names:
    assert not inspect.ismodule(getattr(skparams, name)), name
"""
    in_fresh_process(code)


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
