"""``skparams plan``: the model by a name, hyperparameters as text, the shape of the data."""

import json
import re

import numpy as np
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.svm import SVC

import skparams
from skparams._cli.model_names import MODELS
from skparams._cli.models import imported, make_estimator, set_hyperparameters
from tests.cli.test_commands import refused, run

MLP = ["plan", "mlp", "--features", "3", "--classes", "2"]


@pytest.mark.parametrize("name", MODELS)
def test_each_short_name_is_a_classifier_and_a_regressor(name):
    for classes, path in zip([True, False], MODELS[name], strict=True):
        made = make_estimator(name, classes=classes)
        assert type(made) is imported(path)
        assert (is_classifier(made), is_regressor(made)) == (classes, not classes)


def test_the_plan_is_that_of_the_library(capsys):
    code, out, error = run(capsys, *MLP, "--set", "hidden_layer_sizes=20,10", "--set", "alpha=1e-2")
    assert (code, error) == (0, "")
    model = skparams.MLPClassifier((20, 10), alpha=0.01)
    assert out == f"{skparams.plan(model, n_features=3, n_classes=2)}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("C=1", 1),
        ("C = 1e-3", 1e-3),
        ("kernel=linear", "linear"),
        ("kernel='linear'", "linear"),
        ("class_weight={0: 1, 1: 2}", {0: 1, 1: 2}),
        ("class_weight=None", None),
        ("shrinking=False", False),
        ("degree=-1", -1),
        ("kernel=a=b", None),
        ("kernel=__import__('os').getcwd()", None),
        ("kernel=(1,", None),
        ("kernel=", None),
        ("kernel=" + "(" * 500, None),
        ("kernel", None),
        ("=3", None),
    ],
)
def test_hyperparameters_as_text(text, value):
    model = SVC()
    name = text.partition("=")[0].strip()
    if value is None and "None" not in text:
        with pytest.raises(Exception, match="--set"):
            set_hyperparameters(model, [text])
    else:
        set_hyperparameters(model, [text])
        assert model.get_params()[name] == value
        assert type(model.get_params()[name]) is type(value)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["mlpp"], "no model is called 'mlpp'; choose one of: 'mlp',.*such as sklearn.svm.SVC"),
        (["mlp"], "'mlp' is a classifier and a regressor: give --classes or --outputs"),
        (["sklearn.svm.SVCC"], "sklearn.svm has no class 'SVCC'; choose one of: 'SVC'"),
        (["sklearn.svm"], "sklearn has no class 'svm'"),
        (["no_such_module.Model"], "cannot import no_such_module: No module named"),
        (["sklearn..SVC"], "'sklearn..SVC' is not the import path of a class"),
        (["a b.C"], "'a b.C' is not the import path of a class"),
        (["sklearn.pipeline.Pipeline"], "cannot be made without arguments: .*'steps'"),
        (["collections.OrderedDict"], "is no estimator: it lacks fit or get_params"),
        (["sklearn.svm.SVC", "--set", "c=1"], "SVC has no hyperparameter 'c'; choose one of: 'C'"),
        (["sklearn.svm.SVR", "--classes", "2"], "sklearn.svm.SVR is no classifier"),
        (["mlp", "--target", "y"], "--target needs --data FILE"),
        (["mlp", "--data", "f", "--classes", "2"], "--data has what --classes says"),
        (["mlp", "--data", "no.csv", "--target", "y"], "cannot read no.csv: No such file"),
    ],
)
def test_what_cannot_be_planned_is_one_line(capsys, argv, message):
    assert re.search(message, refused(capsys, "plan", *argv))


def test_a_module_that_fails_when_it_is_imported(capsys, tmp_path, monkeypatch):
    (tmp_path / "breaks_at_import.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    error = refused(capsys, "plan", "breaks_at_import.Model")
    assert "cannot import breaks_at_import: division by zero" in error


@pytest.fixture
def table(tmp_path):
    """A table of 30 rows with 3 numbers, 2 words and a class of one row."""
    pandas = pytest.importorskip("pandas")
    rng = np.random.RandomState(0)
    frame = pandas.DataFrame(rng.standard_normal((30, 3)), columns=list("abc"))
    frame["word"] = np.resize(["x", "y"], 30)
    frame["kind"] = np.resize(["p", "q"], 30)
    frame.loc[0, "kind"] = "rare"
    frame.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_a_table_gives_its_shape_as_the_model_gets_it(capsys, table):
    code, out, error = run(capsys, "plan", "mlp", "--data", table, "--target", "kind", "--json")
    assert code == 0
    plan = json.loads(out)
    assert (plan["n_samples"], plan["estimator"]["totals"]["stored"]) == (30, 6 * 100 + 101 * 3)
    assert "4 columns become 5 features" in error
    assert "'kind' holds 3 words" in error


def test_a_table_without_a_target(capsys, table):
    model = "sklearn.decomposition.PCA"
    code, out, error = run(capsys, "plan", model, "--data", table, "--json")
    assert code == 0
    # 3 numbers, 2 words and 3 kinds
    assert json.loads(out)["estimator"]["totals"]["stored"] == 8 * 8 + 8
    assert "5 columns become 8 features" in error
    assert "'mlp' is a classifier and a regressor" in refused(
        capsys, "plan", "mlp", "--data", table
    )
