"""What inspection shows and counts of networks for tables, before and after fit."""

import copy
import gc
import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingRegressor,
    VotingClassifier,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skparams import (
    TabularMLPClassifier,
    TabularMLPRegressor,
    assert_same_model,
    capacity_curve,
    count_params,
    diff,
    fit_budget,
    fitted_params,
    identifiable,
    kept_rows,
    plan,
    probe,
    slim,
    spread,
    summary,
)
from skparams.specs import Bounds, Unknown
from tests.plan.plan_against_fit import differences
from tests.specs.checks import check_roles
from tests.sweep import sweep

numba = pytest.importorskip("numba")

N = 60
SMALL = {"n_members": 2, "hidden_layer_sizes": 4, "max_iter": 8, "random_state": 0}
CLASSES = TabularMLPClassifier, TabularMLPRegressor


@pytest.fixture
def frame(rng):
    """Two columns of numbers, one with gaps, and columns of two and of four categories."""
    X = pd.DataFrame(
        {
            "age": rng.standard_normal(N),
            "fare": rng.standard_normal(N),
            "sex": rng.choice(["female", "male"], N),
            "port": rng.choice([*"CQST"], N),
        }
    )
    X.loc[::7, "age"] = np.nan
    return X


@pytest.fixture(params=CLASSES)
def model(request, frame):
    y = frame["fare"] + frame["age"].fillna(0)
    return request.param(**SMALL).fit(frame, y > 0 if request.param is CLASSES[0] else y)


@pytest.fixture
def quantiles(frame):
    settings = SMALL | {"loss": "quantile", "quantile": [0.9, 0.1, 0.5]}
    return TabularMLPRegressor(**settings).fit(frame, frame["fare"])


def random_column(rng):
    """A column of numbers or categories, perhaps with gaps, perhaps constant."""
    kind = rng.choice(["float", "int", "bool", "str", "category", "nullable"])
    n_values = int(rng.integers(1, 6))
    codes = rng.integers(n_values, size=N)
    if kind == "float":
        column = pd.Series(codes * 1.5 if rng.random() < 0.5 else rng.standard_normal(N))
    elif kind == "bool":
        return pd.Series(codes > 0)
    elif kind in ("int", "nullable"):
        column = pd.Series(codes, dtype="int64" if kind == "int" else "Int64")
    else:
        column = pd.Series(np.array([*"abcdef"])[codes], dtype=kind)
    if kind != "int" and rng.random() < 0.5:
        column[rng.random(N) < rng.choice([0.1, 0.9])] = pd.NA if kind == "nullable" else None
    return column


def random_table(rng):
    """X of a random kind, and categorical features that suit it."""
    kind = rng.choice(["pandas", "polars", "array", "sparse", "objects"])
    if kind in ("array", "sparse"):
        X = rng.integers(3, size=(N, int(rng.integers(1, 6)))).astype(rng.choice(["f4", "f8"]))
        if kind == "sparse":
            return sp.csr_matrix(X), rng.choice(["from_dtype", None])
        X[rng.random(X.shape) < 0.1 * rng.integers(2)] = np.nan
        return X, [[0], None, "from_dtype"][rng.integers(3)]
    columns = [random_column(rng) for _ in range(rng.integers(1, 6))]
    # a column that says something
    X = pd.DataFrame({"x": rng.standard_normal(N), **{f"c{i}": c for i, c in enumerate(columns)}})
    if kind == "objects":
        return X.astype(object).to_numpy(), list(range(1, X.shape[1]))
    if kind == "polars":
        X = pytest.importorskip("polars").from_pandas(X)
    return X, "from_dtype"


def random_case(seed):
    """An unfitted estimator of random settings, with X and y."""
    rng = np.random.default_rng(seed)
    X, categorical = random_table(rng)
    settings = {
        "n_members": int(rng.integers(1, 7)),
        "hidden_layer_sizes": ["auto", 3, (4, 2), [2, 3, 2]][rng.integers(4)],
        "categorical_features": categorical,
        "max_iter": 1,
        "oof": bool(rng.integers(2)),
    }
    if rng.random() < 0.5:
        y = np.arange(N) % rng.integers(2, 5)
        return TabularMLPClassifier(**settings), X, np.array([*"wxyz"])[y]
    loss = rng.choice(["squared_error", "absolute_error", "huber", "quantile"])
    settings["loss"] = str(loss)
    settings["quantile"] = [0.3, [0.5], (0.9, 0.5), np.array([0.1, 0.5, 0.9])][rng.integers(4)]
    n_outputs = 1 if loss == "quantile" else int(rng.integers(1, 4))
    y = rng.standard_normal((N, n_outputs))
    return TabularMLPRegressor(**settings), X, y if n_outputs > 1 else y.ravel()


@pytest.mark.parametrize("seed", sweep(range(150), 16))
def test_the_plan_is_what_fit_leaves(seed):
    model, X, y = random_case(seed)
    planned = plan(model, X, y)
    model.fit(X, y)
    found = summary(model)
    assert not differences(planned, found)
    assert planned.totals == found.totals
    assert type(planned.totals.stored) is int
    assert isinstance(planned.cost.training_bytes, int)
    assert isinstance(planned.cost.train_macs_per_epoch, int)
    check_roles(model)
    for member in (model.encoder_, model.members_[0]):
        check_roles(member)
    assert not found.guessed
    shapes = [parameter.shape for parameter in fitted_params(model).values()]
    assert sum(map(np.prod, shapes)) == planned.totals.stored


@pytest.mark.parametrize("Estimator", CLASSES)
def test_a_plan_without_the_table(Estimator):
    sizes = {"n_samples": 1000, "n_features": 20}
    sizes |= {"n_classes": 3} if Estimator is TabularMLPClassifier else {"n_outputs": 3}
    of_numbers = plan(Estimator(categorical_features=None), **sizes)
    encoder, members = of_numbers.root.children
    assert encoder.totals.stored == 40
    assert members.attributes[0].count == Bounds(20, 40)
    first = members.attributes[1]
    assert first.shape[0] == Bounds(20, 40)
    assert first.count == Bounds(20 * first.shape[1], 40 * first.shape[1])
    assert isinstance(of_numbers.totals.stored, Bounds)
    assert isinstance(of_numbers.cost.training_bytes, Bounds)

    of_any = plan(Estimator(), **sizes)
    assert "categories" in of_any.totals.stored.reason
    assert isinstance(of_any.cost.training_bytes, Unknown)
    # what does not depend on the inputs is known all the same
    assert of_any.root.children[1].attributes[2] == members.attributes[2]
    assert plan(Estimator(), n_features=20, n_outputs=3).totals.stored == Unknown("needs n_samples")
    (refused,) = plan(Estimator(7), n_samples=5, n_features=20, n_outputs=1, n_classes=2).refused
    assert "n_members=7" in refused


def test_rows_of_weight_0_may_have_categories_that_others_lack(frame):
    y = np.arange(N) % 3
    frame["port"] = frame["port"].where(y > 0, "X")
    model = TabularMLPClassifier(**SMALL, class_weight={0: 0, 1: 1, 2: 1})
    planned = plan(model, frame, y)
    found = summary(model.fit(frame, y))
    assert isinstance(planned.totals.stored, Bounds)
    assert not differences(planned, found)
    assert isinstance(planned.cost.train_macs_per_epoch, Bounds)
    assert found.totals.stored < planned.totals.stored.high


@pytest.mark.parametrize("categorical_features", [None, "from_dtype"])
def test_plans_of_members_of_others(categorical_features, rng):
    X = rng.standard_normal((N, 3))
    X[3, 1] = np.nan
    model = TabularMLPRegressor(**SMALL, categorical_features=categorical_features)
    others = [
        make_pipeline(StandardScaler(), model),
        BaggingRegressor(model, 2, random_state=0),
        GridSearchCV(model, {"n_members": [1, 3]}, cv=2),
    ]
    for other in others:
        planned = plan(other, X, X[:, 0])
        assert not differences(planned, summary(other.fit(X, X[:, 0])))
        if isinstance(other, GridSearchCV):
            assert isinstance(planned.totals.stored, Bounds)
            assert isinstance(planned.candidates[0].totals.stored, int)


def test_plans_where_a_frame_becomes_an_array_or_rows_are_drawn(rng):
    """Booleans are categories in a frame, and 40 categories may not be in all samples drawn."""
    X = pd.DataFrame({"yes": rng.standard_normal(N) > 0, "x": rng.standard_normal(N)})
    planned = plan(AdaBoostClassifier(TabularMLPClassifier(**SMALL), n_estimators=1), X, X["yes"])
    assert "categories" in planned.totals.stored.reason
    codes = (np.arange(N) % 40).astype(float)[:, np.newaxis]
    model = AdaBoostRegressor(
        TabularMLPRegressor(**SMALL, categorical_features=[0]), n_estimators=1, random_state=0
    )
    planned, found = plan(model, codes, X["x"]), summary(model.fit(codes, X["x"]))
    assert not differences(planned, found)
    assert found.totals.stored < planned.totals.stored.high


def test_a_table_that_fit_refuses_is_not_planned(frame):
    dates = frame.assign(day=pd.Timestamp("2024-01-01"))
    planned = plan(TabularMLPClassifier(**SMALL), dates, frame["fare"] > 0)
    assert "day" in planned.totals.stored.reason
    model = TabularMLPClassifier(**SMALL, max_categories=3)
    assert "max_categories" in plan(model, frame, frame["fare"] > 0).totals.stored.reason
    model = TabularMLPClassifier(2, hidden_layer_sizes=(4, 0))
    assert "hidden_layer_sizes" in plan(model, frame, frame["fare"] > 0).totals.stored.reason
    model = TabularMLPRegressor(loss="quantile")
    assert "quantile" in plan(model, frame, np.zeros((N, 2))).totals.stored.reason


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="compiled code has no objects")
@pytest.mark.parametrize(
    ("Estimator", "settings"),
    [
        (TabularMLPClassifier, {"hidden_layer_sizes": (250, 200), "max_iter": 2}),
        (
            TabularMLPRegressor,
            {"n_members": 6, "hidden_layer_sizes": (200,), "dropout": 0.1, "max_iter": 2},
        ),
    ],
)
def test_bytes_in_use(Estimator, settings, rng):
    X = rng.standard_normal((800, 30))
    y = X[:, 0] > 0 if Estimator is TabularMLPClassifier else X[:, :2]
    model = Estimator(**(SMALL | settings))
    planned = plan(model, X, y).cost.training_bytes
    model.fit(X[:60], y[:60])  # the kernels are loaded
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    model.fit(X, y)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert 0.9 < planned / peak < 1.01


def test_multiply_adds(rng):
    X, y = rng.standard_normal((100, 3)), rng.standard_normal((100, 2))
    found = plan(TabularMLPRegressor(2, (5, 4), categorical_features=None), X, y).cost
    forward = 3 * 5 + 5 * 4 + 4 * 2
    encoder = 3
    assert found.predict_macs_per_sample == encoder + 2 * forward
    # a member trains on 80 rows in one batch, and predicts 20 others
    member = 80 * (3 * forward - 15) + 20 * forward + (2 + 1) * 15
    assert found.train_macs_per_epoch == 2 * member
    classifier = TabularMLPClassifier(7, 4, categorical_features=None)
    assert isinstance(plan(classifier, X, y[:, 0] > 0).cost.train_macs_per_epoch, int)


def test_roles(model):
    roles = {}
    for node in summary(model).root.walk():
        for row in node.attributes:
            path = row.path.removeprefix(f"{node.path}__").partition("[")[0]
            roles.setdefault(row.role, set()).add(f"{node.class_name}.{path}")
    own = type(model).__name__
    learned = {"temperature_"}
    if own == "TabularMLPRegressor":
        learned = {"target_mean_", "target_scale_", "target_range_"}
    network = "input_scale_", "coefs_", "intercepts_"
    assert roles["parameter"] == {
        *(f"{own}.{name}" for name in learned),
        *(f"TableEncoder.{name}" for name in ("medians_", "scales_")),
        *(f"TabularNetwork.{name}" for name in network),
    }
    oof = "oof_prediction_" if own == "TabularMLPRegressor" else "oof_decision_function_"
    assert roles["output"] == {f"{own}.{oof}"}
    names = {f"{own}.n_iter_", f"{own}.oof_score_", "TabularNetwork.best_iter_"}
    assert names < roles["diagnostic"]
    assert {"TableEncoder.is_categorical_", "TableEncoder.has_missing_"} <= roles["structure"]


def test_counts_against_a_formula(model):
    n_inputs = len(model.get_feature_names_out())
    assert n_inputs == 2 + 1 + 1 + 4
    own = 1 if isinstance(model, TabularMLPClassifier) else 4
    n = own + 2 * 2 + 2 * (n_inputs + (n_inputs + 1) * 4 + 5)
    assert count_params(model) == count_params(model, kind="free") == n
    assert count_params(model.members_[0]) == n_inputs + (n_inputs + 1) * 4 + 5
    assert count_params(model, kind="effective") is None


def test_the_summary_of_all_members(frame):
    model = TabularMLPClassifier(**SMALL | {"n_members": 5}).fit(frame, frame["fare"] > 0)
    text = summary(model).to_text(width=80)
    (members,) = [line for line in text.splitlines() if line.startswith("  members_")]
    assert members.split() == "members_[0 … 4] 5 × TabularNetwork 245 245 980 B".split()  # noqa: SIM905
    assert text.count("layers of members_") == 1
    assert "layers of members_[0 … 4]" in text
    assert "  input scale " in text
    assert "  encoder_         TableEncoder" in text
    words = " ".join(text.split())
    assert f"oof_score_ {model.oof_score_:.6g}" in words
    assert "slightly optimistic for a member, pessimistic for the average" in words
    page = summary(model).to_html()
    assert "slightly optimistic for a member" in page
    assert page.count("<details") > 1  # members open
    layers = summary(model).root.children[1].layers
    assert [layer.neurons for layer in layers] == [8, 8, 4, 1]
    assert sum(layer.parameters for layer in layers) == count_params(model.members_[0])


def test_a_search_over_members_shows_different_layers(frame):
    models = [
        (name, TabularMLPClassifier(**SMALL | {"hidden_layer_sizes": n}))
        for name, n in (("a", 3), ("b", 4))
    ]
    vote = VotingClassifier(models, voting="soft").fit(frame, frame["fare"] > 0)
    titles = [
        line.strip().partition("  ")[0]
        for line in str(summary(vote)).splitlines()
        if "layers of" in line
    ]
    assert titles == ["layers of members_[0 … 1]"] * 2


def test_hyperparameters_that_decide_how_much(model, quantiles):
    def deciding(model):
        return {row.path: row.decides for row in summary(model).root.hyperparameters if row.decides}

    always = {
        "n_members": ("members_",),
        "hidden_layer_sizes": ("members_",),
        "categorical_features": ("encoder_", "members_"),
    }
    assert deciding(model) == always
    of_quantiles = "members_", "quantile_offsets_"
    assert deciding(quantiles) == always | {"loss": of_quantiles, "quantile": of_quantiles}


def test_the_loss_of_the_fit_counts(quantiles, frame):
    n = count_params(quantiles)
    quantiles.set_params(loss="squared_error")
    assert count_params(quantiles) == n
    assert "quantile_offsets_" in fitted_params(quantiles)
    planned = plan(quantiles, frame, frame["fare"])
    assert not differences(planned, summary(quantiles.fit(frame, frame["fare"])))
    assert planned.totals.stored < n


def permuted(model):
    """A copy that predicts the same, with the hidden units of a member in another order."""
    other, order = copy.deepcopy(model), [2, 0, 3, 1]
    network = other.members_[1]
    network.coefs_ = [network.coefs_[0][:, order], network.coefs_[1][order]]
    network.intercepts_[0] = network.intercepts_[0][order]
    return other


def test_diff(model, frame):
    assert diff(model, pickle.loads(pickle.dumps(model))).is_empty
    assert_same_model(model, copy.deepcopy(model))
    other = permuted(model)
    np.testing.assert_allclose(other.predict(frame), model.predict(frame), rtol=1e-5)
    assert not diff(model, other).is_empty
    found = diff(model, other, align=True)
    assert found.is_empty
    assert "members_[1]: h1 aligned: 4 of 4 reordered" in str(found)
    other.members_[0].input_scale_[0] *= 2
    with pytest.raises(AssertionError, match="input_scale_"):
        assert_same_model(model, other)
    other = copy.deepcopy(model)
    other.encoder_.scales_[0] *= 2
    with pytest.raises(AssertionError, match="scales_"):
        assert_same_model(model, other)


def test_units_may_not_change_signs(model):
    other = copy.deepcopy(model)
    for name in ("coefs_", "intercepts_"):
        arrays = getattr(other.members_[0], name)
        arrays[0] *= -1
    other.members_[0].coefs_[1] *= -1
    assert not diff(model, other, align=True).is_empty


def test_spread(model):
    found = spread([model, permuted(model)], align=True)
    rows = found.to_frame().set_index("path")
    assert "members_[1]__coefs_[0]" in rows.index
    assert float(rows["std"].max()) == 0


def test_slim_keeps_predictions(model, quantiles, frame):
    for each in (model, quantiles):
        small = slim(each, frame)
        assert not [
            name for name in vars(small) if name.startswith("oof_") and name != "oof_score_"
        ]
        assert not hasattr(small.members_[0], "history_")
        assert len(pickle.dumps(small)) < len(pickle.dumps(each))
        for method in ("predict", "predict_proba", "predict_quantiles"):
            if hasattr(each, method):
                np.testing.assert_array_equal(
                    getattr(small, method)(frame), getattr(each, method)(frame)
                )
        kept = slim(each, keep=["output"])
        assert any(name.startswith("oof_") and name != "oof_score_" for name in vars(kept))


def test_no_training_rows_are_kept(model, frame):
    for found in (kept_rows(model), kept_rows(model, frame)):
        assert found.places == found.unknown == ()


def test_fitted_parameters_make_the_predictions(model, frame):
    y = frame["age"].fillna(0)
    y = y > 0 if isinstance(model, TabularMLPClassifier) else y
    other = type(model)(**SMALL | {"random_state": 1}).fit(frame, y)
    assert not np.array_equal(other._mean_decision(frame), model._mean_decision(frame))
    copies = {name: np.array(value) for name, value in fitted_params(model).items()}
    other.set_fitted_params(**copies)
    np.testing.assert_array_equal(other._mean_decision(frame), model._mean_decision(frame))
    np.testing.assert_array_equal(other.predict(frame), model.predict(frame))


@pytest.mark.parametrize("model", CLASSES[1:], indirect=True)
def test_probe_sees_what_predictions_use(model, frame):
    found = probe(model, frame, max_calls=400)
    used = {each.path for each in found.used}
    assert set(fitted_params(model)) <= used
    results = {"diagnostic", "output"}
    assert not [each for each in found.used if each.role in results]
    unused = {each.role for each in found.unused}
    assert results <= unused <= results | {"structure", "metadata"}


def test_what_is_not_known_says_so(model, frame):
    found = identifiable(model, frame)
    assert isinstance(found.rank, Unknown)
    assert type(model).__name__ in found.rank.reason
    encoded = model.encoder_.transform(frame)
    assert "TabularNetwork" in identifiable(model.members_[0], encoded).rank.reason
    text = " ".join(str(summary(model, coefficients=True)).split())
    assert f"coefficients: {type(model).__name__} has none" in text


def test_capacity(frame):
    y = frame["fare"] > 0
    model = TabularMLPClassifier(**SMALL)
    for name, values in (("hidden_layer_sizes", [2, (3, 2)]), ("n_members", [1, 3])):
        found = capacity_curve(model, frame, y, param_name=name, param_range=values, cv=2)
        n_params = [count_params(model.set_params(**{name: each}).fit(frame, y)) for each in values]
        assert found.fold_n_params == tuple((n, n) for n in n_params)
        model.set_params(**SMALL)
    for name in ("hidden_layer_sizes", "n_members"):
        found = fit_budget(model, frame, y, max_params=150, param_name=name)
        largest = clone(model).set_params(**found.best_params).fit(frame, y)
        assert count_params(largest) == found.settings[0].count <= 150
        ((_, value),) = found.exceeding[0].params
        larger = clone(model).set_params(**{name: int(value)}).fit(frame, y)
        assert count_params(larger) == found.exceeding[0].count > 150
