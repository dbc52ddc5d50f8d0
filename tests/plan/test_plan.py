"""How sizes, bounds, reasons and costs follow from a Spec before fit."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

from skparams import plan
from skparams._records import NotKnown
from skparams.specs import Bounds, Cost, Member, Part, Rule, Spec, Unknown, parameter


class Planned(BaseEstimator):
    """An estimator with any Spec, which cannot be fitted."""

    def __init__(self, spec=None, inner=None, k=3, flag=True):
        self.spec = spec
        self.inner = inner
        self.k = k
        self.flag = flag

    def fit(self, X, y=None):
        raise AssertionError("plan must not fit")

    def __skparams__(self):
        return self.spec


def rows(attributes, /, params=None, shape=None, **spec):
    shape = {"n_features": 4} if shape is None else shape
    estimator = Planned(Spec(attributes, **spec), **(params or {}))
    return {row.path: row for row in plan(estimator, **shape).root.attributes}


def counts(attributes, /, params=None, shape=None, **spec):
    found = rows(attributes, params, shape, **spec)
    return {path: (row.count, row.free, row.bytes) for path, row in found.items()}


def test_sizes_come_from_hyperparameters_data_digits_and_the_spec():
    found = rows(
        {
            "components_": parameter("k", "n_features"),
            "table_": parameter("2", "pairs"),
            "classes_": "structure",
        },
        sizes={"pairs": lambda ctx: ctx.data.n_features * (ctx.data.n_features - 1) // 2},
    )
    assert {path: row.shape for path, row in found.items()} == {
        "components_": (3, 4),
        "table_": (2, 6),
    }
    assert {row.role for row in found.values()} == {"parameter"}
    assert found["table_"].dims == ("2", "pairs")
    by_params = rows({"a_": parameter("h")}, sizes=lambda ctx: {"h": ctx.params["k"]})
    assert by_params["a_"].shape == (3,)


def test_when_chosen_dims_and_lists():
    attributes = {
        "mean_": parameter("n_features", when="flag"),
        "covariance_": Rule(
            "parameter",
            lambda ctx: ("n_features",) if ctx.params["k"] == 5 else ("k", "n_features"),
        ),
        "layers_": Rule(
            "parameter",
            lambda ctx: ("k", str(ctx.length - ctx.index)),
            length=lambda ctx: ctx.params["k"],
        ),
        "alike_": Rule("parameter", ("k",), length=lambda ctx: 2),
    }
    found = rows(attributes)
    shapes = {path: row.shape for path, row in found.items()}
    assert shapes == {
        "mean_": (4,),
        "covariance_": (3, 4),
        "layers_[0]": (3, 3),
        "layers_[1]": (3, 2),
        "layers_[2]": (3, 1),
        "alike_[0]": (3,),
        "alike_[1]": (3,),
    }
    assert "mean_" not in rows(attributes, {"flag": False})
    assert rows(attributes, {"k": 5})["covariance_"].shape == (4,)


def test_objects_have_the_parts_that_the_spec_says():
    def before(ctx):
        yield Part(".threshold", dims=("n_nodes",), count=Bounds(0, 6))
        yield Part(".value", count=Bounds(1, 7), free=1)
        yield Part(".nodes", count=100, role="structure")

    attributes = {"tree_": Rule("parameter", before=before)}
    found = counts(attributes, sizes={"n_nodes": lambda ctx: Bounds(1, 13)})
    assert found == {
        "tree_.threshold": (Bounds(0, 6), Bounds(0, 6), Bounds(0, 48)),
        "tree_.value": (Bounds(1, 7), 1, Bounds(8, 56)),
    }


def test_free_counts_hold_at_both_ends():
    def simplex(ctx):
        return (ctx.shape[0] - 1) * ctx.shape[1]

    attributes = {
        "a_": parameter("k", "n_features", free=simplex),
        "b_": parameter("some", "n_features", free=simplex),
        "c_": parameter("some", "n_features", free="nonzero"),
        "d_": parameter("none", "n_features", free=simplex),
    }
    sizes = {"some": lambda ctx: Bounds(2, 5), "none": lambda ctx: 0}
    assert counts(attributes, sizes=sizes) == {
        "a_": (12, 8, 96),
        "b_": (Bounds(8, 20), Bounds(4, 16), Bounds(64, 160)),
        "c_": (Bounds(8, 20), Bounds(0, 20), Bounds(64, 160)),
        "d_": (0, 0, 0),
    }


def test_unknown_is_none_with_its_reason():
    def no_columns(ctx):
        raise NotKnown("depends on the data's categories")

    def broken(ctx):
        return [][0]

    attributes = {
        "a_": parameter("words"),
        "b_": parameter("n_samples"),
        "c_": parameter("maybe"),
        "d_": parameter("n_components"),
        "e_": parameter("broken"),
        "f_": "parameter",
        "g_": Rule("parameter", ("k",), length=no_columns),
        "h_": Rule("parameter", before=no_columns),
        "i_": Rule("parameter", ("k",), when=no_columns),
        "j_": parameter("negative"),
        "k_": parameter("k", "3", free=lambda ctx: ctx.shape[7]),
    }
    sizes = {
        "words": no_columns,
        "maybe": lambda ctx: Unknown("who knows"),
        "broken": broken,
        "negative": lambda ctx: -1,
    }
    found = rows(attributes, sizes=sizes)
    unknown = {path: row.count for path, row in found.items() if path != "k_"} | {
        "k_": found["k_"].free
    }
    reasons = {path: count.reason for path, count in unknown.items()}
    assert reasons == {
        "a_": "depends on the data's categories",
        "b_": "needs n_samples",
        "c_": "who knows",
        "d_": "n_components is known after fit",
        "e_": "cannot be known (IndexError: list index out of range)",
        "f_": "no Spec says how large f_ will be",
        "g_": "depends on the data's categories",
        "h_": "depends on the data's categories",
        "i_": "depends on the data's categories",
        "j_": "negative would be -1",
        "k_": "cannot be known (IndexError: tuple index out of range)",
    }
    assert all(isinstance(row.free, Unknown) for row in found.values())
    assert found["k_"].count == 9
    assert found["b_"].dims == ("n_samples",)
    assert found["b_"].shape == (Unknown("needs n_samples"),)
    whole = plan(Planned(Spec(attributes, sizes=sizes)))
    assert whole.totals.stored.reason == "depends on the data's categories"


def test_without_a_spec_nothing_is_claimed():
    class Other(BaseEstimator):
        def fit(self, X, y=None):
            return self

    found = plan(Other(), n_features=3)
    assert found.guessed == ("Other",)
    assert found.totals.stored.reason == "no Spec describes Other"
    assert found.to_text().count("no Spec describes Other") == 1
    assert found.cost == Cost(found.totals.bytes)
    told = plan(Planned(Spec({}, members=Unknown("depends on the words in the texts"))))
    assert told.totals.stored.reason == "depends on the words in the texts"
    holds = plan(Planned(Spec({"inner_": "estimator"})))
    assert holds.totals.stored.reason == "no Spec says what inner_ will hold"
    assert plan(Planned(Spec({"n_iter_": "diagnostic"}))).totals.stored == 0


def test_float32_where_the_spec_keeps_it():
    X = np.ones((5, 4), dtype=np.float32)
    for keeps, n_bytes, dtype in ((True, 16, "float32"), (False, Bounds(16, 32), None)):
        spec = Spec({"a_": parameter("n_features")}, float32=keeps)
        (row,) = plan(Planned(spec), X).root.attributes
        assert (row.bytes, row.dtype) == (n_bytes, dtype)
        assert plan(Planned(spec), X.astype(int)).totals.bytes == 32


def test_numpy_integers_do_not_overflow():
    mlp = MLPClassifier(np.array([2**40, 2**40]))
    assert plan(mlp, n_features=1, n_classes=3).totals.stored == (
        2 * 2**40 + (2**40 + 1) * 2**40 + (2**40 + 1) * 3
    )
    assert rows({"a_": parameter("k")}, {"k": np.int64(7)})["a_"].shape == (7,)
    assert type(rows({"a_": parameter("k")}, {"k": np.int64(7)})["a_"].count) is int


def wide(*hidden):
    sizes = [784, *hidden, 10]
    return sum((a + 1) * b for a, b in pairwise(sizes))


@pytest.mark.parametrize("hidden", [(1_000_000, 1_000_000), (1_000_000,) * 500])
def test_a_trillion_parameters_are_exact(hidden):
    found = plan(MLPClassifier(hidden), n_features=784, n_classes=10, n_samples=10**9)
    assert found.totals.stored == found.totals.free == wide(*hidden)
    assert found.totals.bytes == found.cost.parameter_bytes == 8 * wide(*hidden)
    assert found.cost.training_bytes > found.cost.parameter_bytes
    assert [layer.neurons for layer in found.root.layers] == [784, *hidden, 10]
    assert sum(layer.parameters for layer in found.root.layers) == found.totals.stored


def test_a_bounded_or_unknown_count_of_columns_flows_on():
    attributes = {"a_": parameter("k", "n_features"), "b_": parameter("n_features")}
    chain = Spec(
        {"inner": "estimator"},
        members=lambda ctx: [
            Member("inner", ctx.params["inner"], ctx.data),
            Member("last", Planned(Spec(attributes)), ctx.after(ctx.params["inner"], ctx.data)),
        ],
    )

    def width(size):
        return Planned(Spec({}, sizes={"out": size}, columns_out="out"))

    bounded = plan(Planned(chain, width(lambda ctx: Bounds(1, ctx.data.n_features))), None)
    assert bounded.totals.stored.reason == "needs n_features"
    inner = width(lambda ctx: Bounds(2, ctx.data.n_features))
    bounded = plan(Planned(chain, inner), n_features=5)
    last = bounded.root.children[1]
    assert last.attributes[0].shape == (3, Bounds(2, 5))
    assert bounded.totals.stored == last.totals.stored == Bounds(8, 20)
    assert bounded.totals.bytes == bounded.cost.parameter_bytes == Bounds(64, 160)
    unknown = width(lambda ctx: Unknown("depends on the data's categories"))
    found = plan(Planned(chain, unknown), n_features=5).totals
    assert found.stored.reason == "n_features behind inner: depends on the data's categories"
    twice = Planned(chain, Planned(chain, unknown))
    assert plan(twice, n_features=5).totals.stored.reason == (
        "n_features behind inner__inner: depends on the data's categories"
    )


def test_members_that_are_alike_are_counted():
    spec = Spec({"a_": parameter("n_features")})
    for times, total in ((10_000, 40_000), (Bounds(0, 7), Bounds(0, 28)), (0, 0)):
        outer = Spec(
            {"estimators_": "estimator", "own_": parameter("2")},
            members=lambda ctx, times=times: [
                Member("estimators_", Planned(spec), ctx.data, times)
            ],
        )
        found = plan(Planned(outer), n_features=4)
        (child,) = found.root.children
        assert (child.path, child.times, child.totals.stored) == ("estimators_", times, 4)
        own = Bounds(total.low + 2, total.high + 2) if isinstance(total, Bounds) else total + 2
        assert found.totals.stored == own


def test_an_estimator_that_holds_itself_ends():
    spec = Spec(
        {"inner": "estimator"},
        members=lambda ctx: [Member("inner", ctx.params["inner"], ctx.data)],
    )
    loop = Planned(spec)
    loop.inner = loop
    assert plan(loop).totals.stored.reason == "inner holds itself"


def test_members_that_are_fitted_are_counted_as_they_are():
    model = LinearRegression().fit(np.ones((4, 7)), np.ones(4))
    spec = Spec(
        {"inner": "estimator"},
        members=lambda ctx: [Member("inner", ctx.params["inner"], ctx.data, fitted=True)],
    )
    found = plan(Planned(spec, model), n_features=3)
    assert found.totals.stored == 8
    assert [row.path for row in found.root.children[0].parameters] == [
        "inner__coef_",
        "inner__intercept_",
    ]


def test_costs_add_up():
    def cost(ctx):
        return Cost(
            training_bytes=100 * ctx.params["k"],
            predict_macs_per_sample=ctx.params["k"],
            train_macs_per_epoch=ctx.data.n_samples,
        )

    def leaf(k, **spec):
        return Planned(Spec({"a_": parameter("k")}, **spec), k=k)

    def of(*members):
        spec = Spec(
            {"m_": "estimator"},
            members=lambda ctx: [
                Member(f"m_[{i}]", each, ctx.data, times) for i, (each, times) in enumerate(members)
            ],
        )
        return plan(Planned(spec), n_samples=50).cost

    assert plan(leaf(3, cost=cost), n_samples=50).cost == Cost(24, 300, 3, 50)
    assert plan(leaf(3, cost=cost)).cost == Cost(24)
    assert plan(leaf(3)).cost == Cost(24)
    # one after the other: the second is trained beside the first, which is fitted
    assert of((leaf(1, cost=cost), 1), (leaf(3, cost=cost), 1)) == Cost(32, 308, 4, 100)
    assert of((leaf(3, cost=cost), 1), (leaf(1, cost=cost), 1)) == Cost(32, 300, 4, 100)
    assert of((leaf(3, cost=cost), 5)) == Cost(120, 4 * 24 + 300, 15, 250)
    assert of((leaf(3, cost=cost), Bounds(0, 5))) == Cost(
        Bounds(0, 120), Bounds(0, 396), Bounds(0, 15), Bounds(0, 250)
    )
    assert of((leaf(3, cost=cost), 1), (leaf(3), 1)) == Cost(48)
    assert of() == Cost(0, 0, 0, 0)


@pytest.mark.parametrize("value", [LinearRegression, None, {}, "text", 3])
def test_only_estimators_are_planned(value):
    with pytest.raises(TypeError, match="plan: estimator must"):
        plan(value)


def test_partial_knowledge_is_shown():
    found = plan(MLPClassifier((7,)), n_classes=3)
    assert found.totals.stored.reason == "needs n_features"
    assert "unknown: needs n_features (coefs_[0])" in found.to_text()
    assert "known after fit:" not in found.to_text()
    by_path = {row.path: row for row in found.root.attributes}
    assert by_path["coefs_[0]"].shape == (Unknown("needs n_features"), 7)
    assert by_path["coefs_[0]"].dims == ("n_features", "h1")
    assert by_path["coefs_[1]"].count == 21
    assert plan(MLPClassifier()).totals.stored.reason == "needs n_features"
    assert plan(MLPClassifier(), n_features=3).totals.stored.reason == "needs n_classes"
    assert plan(MLPRegressor(hidden_layer_sizes=7), n_features=2).totals.stored == 29
    assert plan(MLPRegressor(hidden_layer_sizes=7), n_features=2, n_outputs=3).totals.stored == 45
    assert plan(StandardScaler(), np.ones((5, 2))).n_samples == 5


def test_hyperparameters_that_fit_would_refuse_are_no_crash():
    for wrong in ("abc", (3, "x"), None, (3, -2)):
        found = plan(MLPClassifier(wrong), n_features=3, n_classes=2).totals
        assert isinstance(found.stored, Unknown)
        assert found.stored.reason


def test_planning_changes_nothing_and_a_fitted_estimator_is_planned_anew():
    X, y = np.random.RandomState(0).standard_normal((30, 4)), np.arange(30) % 3
    model = LogisticRegression().fit(X, y)
    before = pickle.dumps((model, X, y))
    X.flags.writeable = y.flags.writeable = False
    found = plan(model, X[:, :2], y)
    X.flags.writeable = y.flags.writeable = True
    assert pickle.dumps((model, X, y)) == before
    assert found.totals.stored == 9
    assert not found.root.fitted
    assert found.root.n_features == 2
    assert found.root.n_classes == 3
