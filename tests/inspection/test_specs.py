"""The Specs hold for fitted estimators, and are found in the order that is promised."""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import skparams
from skparams import fitted_params, summary
from skparams.specs import ROLES, Rule, Spec, parameter, register
from skparams.specs.guess import COMMON
from skparams.specs.registry import _REGISTRY, registered
from skparams.specs.values import attributes_of


@pytest.fixture
def registry(monkeypatch):
    """A registry that a test may add to."""
    for name in list(_REGISTRY):
        monkeypatch.setitem(_REGISTRY, name, _REGISTRY[name])
    before = set(_REGISTRY)
    yield _REGISTRY
    for name in set(_REGISTRY) - before:
        del _REGISTRY[name]


def nodes_with_estimators(estimator):
    """Pairs of a Spec'd estimator and its attributes, those inside included."""
    yield estimator
    if hasattr(estimator, "best_estimator_"):
        yield from nodes_with_estimators(estimator.best_estimator_)
    for _, step in getattr(estimator, "steps", []):
        yield from nodes_with_estimators(step)


def test_every_attribute_has_a_role_that_is_written_down(fitted):
    for estimator in nodes_with_estimators(fitted):
        spec = registered(estimator)
        assert spec is not None
        known = {*spec.rules, *COMMON, *estimator.get_params(deep=False)}
        assert set(attributes_of(estimator)) <= known
    assert {row.role for node in summary(fitted).root.walk() for row in node.attributes} <= set(
        ROLES
    )


def test_dims_fit_the_arrays(fitted):
    for node in summary(fitted).root.walk():
        assert not node.guessed
        sizes = {"n_features": 4}
        for row in node.parameters:
            assert row.dims is not None
            assert len(row.dims) == len(row.shape)
            for dim, size in zip(row.dims, row.shape, strict=True):
                assert sizes.setdefault(dim, size) == size, (row, sizes)


def test_every_hyperparameter_that_decides_exists(fitted):
    for estimator in nodes_with_estimators(fitted):
        spec, params = registered(estimator), estimator.get_params(deep=False)
        assert {rule.when for rule in spec.rules.values()} - {None} <= set(params)


def test_decides_follows_from_dims_when_and_decides():
    spec = Spec(
        {
            "components_": parameter("n_components", "n_features"),
            "mean_": parameter("n_features", when="center"),
            "n_iter_": "diagnostic",
        },
        decides={"tol": ("components_",)},
    )
    assert spec.decided_by({"n_components": 2, "center": True, "tol": 1, "other": 3}) == {
        "n_components": ("components_",),
        "center": ("mean_",),
        "tol": ("components_",),
    }


def test_a_subclass_has_the_spec_of_its_base():
    class Mine(LinearRegression):
        pass

    assert registered(Mine()) is registered(LinearRegression())


def test_both_packages_networks_share_one_spec():
    assert _REGISTRY["skparams.MLPClassifier"] is _REGISTRY["sklearn.MLPClassifier"]
    assert _REGISTRY["skparams.MLPRegressor"] is _REGISTRY["sklearn.MLPRegressor"]


def test_the_class_comes_before_the_registry():
    class Mine(LinearRegression):
        def __skparams__(self):
            return Spec({"intercept_": parameter()})

    model = Mine().fit([[0.0], [1.0]], [1.0, 2.0])
    assert next(iter(fitted_params(model))) == "intercept_"

    class Wrong(LinearRegression):
        def __skparams__(self):
            return {"coef_": "parameter"}

    with pytest.raises(TypeError, match=r"Wrong.__skparams__\(\) must return a Spec, got dict"):
        summary(Wrong())


def test_registering_needs_no_import_of_the_class(registry):
    class Other:
        def fit(self, X, y=None):
            self.table_ = np.ones((2, 3))
            return self

        def get_params(self, deep=True):
            return {}

    Other.__module__ = "otherpackage.models"
    model = Other().fit(None)
    assert summary(model).guessed == ("Other",)
    register("otherpackage.Other", Spec({"table_": parameter("rows", "columns")}))
    assert summary(model).guessed == ()
    assert summary(model).root.parameters[0].dims == ("rows", "columns")


@pytest.mark.parametrize("name", ["PCA", "sklearn.decomposition.PCA", "", "sklearn."])
def test_register_says_what_a_name_is(name):
    with pytest.raises(ValueError, match="top package and the class"):
        register(name, Spec({}))


def test_register_and_rule_refuse_what_they_cannot_read():
    with pytest.raises(TypeError, match="must be a Spec, got dict"):
        register("a.B", {})
    with pytest.raises(ValueError, match=r"role must be one of parameter, .*got 'weights'"):
        Rule("weights")
    with pytest.raises(ValueError, match="role must be one of"):
        Spec({"coef_": "weights"})


def test_free_counts_of_the_linear_families():
    rng = np.random.RandomState(0)
    X, y = rng.standard_normal((60, 4)), np.arange(60) % 3
    free = summary(LogisticRegression().fit(X, y)).totals
    assert (free.stored, free.free) == (15, 10)
    binary = summary(LogisticRegression().fit(X, y > 0)).totals
    assert (binary.stored, binary.free) == (5, 5)
    lasso = Lasso(alpha=0.1).fit(X, X[:, 0])
    assert summary(lasso).totals.free == 1 + np.count_nonzero(lasso.coef_) == 2


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_layers_add_up_to_the_total():
    X, y = np.random.RandomState(0).standard_normal((30, 4)), np.arange(30) % 3
    root = summary(MLPClassifier((5, 2), max_iter=1, activation="tanh").fit(X, y)).root
    assert [layer.neurons for layer in root.layers] == [4, 5, 2, 3]
    assert [layer.activation for layer in root.layers] == [None, "tanh", "tanh", "softmax"]
    assert [layer.connections for layer in root.layers] == [0, 20, 10, 6]
    assert sum(layer.parameters for layer in root.layers) == root.totals.stored == 46


def test_the_docs_list_every_role():
    page = Path(__file__).parents[2] / "docs" / "inspection.md"
    section = page.read_text(encoding="utf-8").partition("## Roles")[2].partition("### Traps")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert listed == list(ROLES)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_this_packages_networks_are_described_in_full(solver):
    X, y = np.random.RandomState(0).standard_normal((30, 4)), np.arange(30) % 3
    mlp = skparams.MLPClassifier((5, 2), max_iter=2, solver=solver).fit(X, y)
    if solver != "lbfgs":
        mlp.partial_fit(X, y)
    known = {*registered(mlp).rules, *COMMON, *mlp.get_params()}
    assert set(vars(mlp)) <= known
    found = mlp.summary()
    assert found.totals.stored == mlp.count_params() == 46
    assert [layer.neurons for layer in found.root.layers] == [4, 5, 2, 3]
    moments = {"adam": 2, "sgd": 1, "lbfgs": 0}[solver]
    arrays = [r for r in found.root.attributes if r.path.startswith("_optimizer.") and r.shape]
    assert sum(row.count for row in arrays) == moments * 46


def test_columns_and_targets_sent_to_other_estimators():
    rng = np.random.RandomState(0)
    X = np.column_stack([rng.rand(30, 2), rng.randint(0, 3, 30)])
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), [0, 1]),
            ("categories", OneHotEncoder(), [2]),
        ]
    )
    model = TransformedTargetRegressor(
        make_pipeline(columns, LinearRegression()), transformer=StandardScaler()
    ).fit(X, 10 * X[:, 0])
    found = summary(model)

    # two columns' imputed values, means and scales; 2 + 3 coefficients, an intercept; the target's
    assert found.totals.stored == 2 + 2 * 2 + (5 + 1) + 2
    assert not found.guessed
    assert found.root.n_features == 3
    chosen = [row.path for node in found.root.walk() for row in node.hyperparameters]
    assert len(chosen) == len(set(chosen))
    # the fitted clones repeat what was chosen for their templates: it is listed once
    assert sum(path.endswith("simpleimputer__strategy") for path in chosen) == 1
