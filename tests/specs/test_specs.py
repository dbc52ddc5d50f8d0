"""The Specs hold for fitted estimators, and are found in the order that is promised."""

import re
import subprocess
import sys
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
from skparams.specs import (
    ROLES,
    Rule,
    Spec,
    parameter,
    register,
    registry as _registry,
    spec_named,
    spec_of,
)
from tests.specs.checks import check_roles


@pytest.fixture
def registry(monkeypatch):
    """A registry that a test may add to."""
    users, packages = {}, {}
    monkeypatch.setattr(_registry, "_BY_USERS", users)
    monkeypatch.setattr(_registry, "_BY_PACKAGES", packages)
    token = _registry._TARGET.set(users)
    _registry._lookup.cache_clear()
    yield packages
    _registry._TARGET.reset(token)
    _registry._lookup.cache_clear()


@pytest.fixture
def entry_points(registry, monkeypatch):
    """Make entry points of other packages, which are loaded at the next use."""

    def make(**loaders):
        entries = [_Entry(name, load) for name, load in loaders.items()]
        monkeypatch.setattr(_registry, "entry_points", lambda group: entries)
        monkeypatch.setattr(_registry, "_load_pending", True)
        _registry._lookup.cache_clear()

    return make


class _Entry:
    def __init__(self, name, load):
        self.name, self.load = name, load


def made(name, module, *bases, **attributes):
    """An estimator of a class that is defined in a module."""
    cls = type(name, bases or (LinearRegression,), {"__module__": module, **attributes})
    return cls().fit([[0.0], [1.0]], [1.0, 2.0])


def named(**names):
    """A Spec that gives the dims of ``coef_`` a name, by which it is recognized."""
    return Spec({"coef_": parameter(names["dim"]), "intercept_": "structure"})


def dim_of(model):
    return summary(model).root.parameters[0].dims[-1]


def nodes_with_estimators(estimator):
    """Pairs of a Spec'd estimator and its attributes, those inside included."""
    yield estimator
    if hasattr(estimator, "best_estimator_"):
        yield from nodes_with_estimators(estimator.best_estimator_)
    for _, step in getattr(estimator, "steps", []):
        yield from nodes_with_estimators(step)


def test_every_attribute_has_a_role_that_is_written_down(fitted):
    for estimator in nodes_with_estimators(fitted):
        check_roles(estimator)
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
        spec, params = spec_of(estimator), estimator.get_params(deep=False)
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

    assert spec_of(Mine()) is spec_of(LinearRegression())


def test_our_networks_have_all_rules_of_scikit_learns():
    for name in ("MLPClassifier", "MLPRegressor"):
        ours = spec_of(getattr(skparams, name)())
        theirs = spec_named(f"sklearn.neural_network.{name}")
        assert ours.rules.keys() > theirs.rules.keys()
        assert all(ours.rules[key].role == rule.role for key, rule in theirs.rules.items())


def test_ways_to_a_spec_come_in_the_order_that_is_promised(registry):
    mine = {"__skparams__": lambda self: named(dim="own")}
    for attributes in ({}, mine):
        model = made("Ridge", "sklearn.linear_model._ridge", **attributes)
        assert dim_of(model) == ("own" if attributes else "n_features")
    registry["sklearn.linear_model.Ridge"] = named(dim="package")
    _registry._lookup.cache_clear()
    assert dim_of(made("Ridge", "sklearn.linear_model._ridge")) == "package"
    assert dim_of(made("Ridge", "sklearn.linear_model._ridge", **mine)) == "own"
    register("sklearn.linear_model.Ridge", named(dim="user"))
    assert dim_of(made("Ridge", "sklearn.linear_model._ridge", **mine)) == "user"
    # the nearest class counts first
    assert dim_of(made("Ridge", "my.models", **mine)) == "own"


def test_classes_of_one_name_are_told_apart_by_their_modules(registry):
    register("pkg.one.Model", named(dim="one"))
    register("pkg.two.Model", named(dim="two"))
    register("pkg._hidden.Model", named(dim="hidden"))
    assert dim_of(made("Model", "pkg.one")) == "one"
    assert dim_of(made("Model", "pkg.two")) == "two"
    assert dim_of(made("Model", "pkg.two._impl.deep")) == "two"
    assert dim_of(made("Model", "pkg._hidden")) == "hidden"
    # otherwise that of the base
    assert dim_of(made("Model", "pkg.three")) == dim_of(made("Model", "pkg")) == "n_features"


def test_entry_points_of_other_packages(entry_points):
    calls = []

    def function():
        calls.append("function")
        return lambda: register("pkg.one.Model", named(dim="function"))

    def module():
        calls.append("module")
        register("pkg.two.Model", named(dim="module"))
        return sys

    def broken():
        calls.append("broken")
        raise ImportError("no such thing")

    entry_points(function=function, broken=broken, module=module)
    assert not calls
    with pytest.warns(UserWarning, match=r"'broken' .* left out, .* ImportError: no such thing"):
        assert dim_of(made("Model", "pkg.one")) == "function"
    assert dim_of(made("Model", "pkg.two")) == "module"
    assert calls == ["function", "broken", "module"]
    register("pkg.two.Model", named(dim="user"))
    assert dim_of(made("Model", "pkg.two")) == "user"


def test_in_a_new_process_only_specs_of_modules_in_use_are_imported_and_registered_ones_stay():
    code = """
import sys
from skparams.specs import Spec, parameter, register
register("sklearn.linear_model.Ridge", Spec({"coef_": parameter("mine")}))
from sklearn.linear_model import Lasso, Ridge
from skparams import summary
for Model in (Ridge, Lasso):
    print(summary(Model().fit([[0.0], [1.0]], [0.0, 1.0])).root.parameters[0].dims)
print(*[name for name in sys.modules if name.startswith("skparams.specs.sklearn.")])
print(*[name for name in sys.modules if name.startswith("skparams.specs.third_party.")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ridge, lasso, ours, others = done.stdout.split("\n")[:4]
    assert (ridge, lasso) == ("('mine',)", "('n_features',)")
    assert {name.split(".")[3] for name in ours.split()} == {"linear_model"}
    assert not others


def test_extras_are_those_that_are_documented():
    with pytest.raises(
        ValueError, match=r"extras must be of fitted, layers, leading, .*, got 'color'"
    ):
        Spec({}, extras={"color": print})


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
    register("otherpackage.models.Other", Spec({"table_": parameter("rows", "columns")}))
    assert summary(model).guessed == ()
    assert summary(model).root.parameters[0].dims == ("rows", "columns")


@pytest.mark.parametrize("name", ["PCA", "", "sklearn.", "sklearn.linear model.Ridge"])
def test_register_says_what_a_name_is(name):
    with pytest.raises(ValueError, match="a module and a class"):
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
    page = Path(__file__).parents[2] / "docs" / "concepts.md"
    section = page.read_text(encoding="utf-8").partition("## Roles")[2].partition("\n### ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert listed == list(ROLES)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
def test_this_packages_networks_are_described_in_full(solver):
    X, y = np.random.RandomState(0).standard_normal((30, 4)), np.arange(30) % 3
    mlp = skparams.MLPClassifier((5, 2), max_iter=2, solver=solver).fit(X, y)
    if solver != "lbfgs":
        mlp.partial_fit(X, y)
    check_roles(mlp)
    found = mlp.summary()
    assert found.totals.stored == mlp.count_params() == 46
    assert [layer.neurons for layer in found.root.layers] == [4, 5, 2, 3]
    moments = {"adam": 2, "sgd": 1, "lbfgs": 0}[solver]
    arrays = [
        r for r in found.root.attributes if r.path.startswith("_optimizer_state[") and r.shape
    ]
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
