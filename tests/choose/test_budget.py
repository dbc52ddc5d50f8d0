"""Which settings meet a budget: exact, largest first, and with a reason where there is none."""

import json
import pickle
import re
from operator import index

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA, FactorAnalysis
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skparams import fit_budget, plan
from skparams._records import NotKnown
from skparams.specs import Bounds, Part, Rule, Spec
from tests.report.made import NASTY
from tests.sweep import sweep

SIZES = {"n_samples": 100, "n_features": 20, "n_classes": 3}


class Sized(BaseEstimator):
    """Learns as many numbers as a function of its hyperparameter says."""

    def __init__(self, n=1, count=index, other=1):
        self.n, self.count, self.other = n, count, other

    def fit(self, X, y=None):
        raise AssertionError("fit_budget must not fit")

    def __skparams__(self):
        parts = lambda ctx: [Part("", count=self.count(self.n))]  # noqa: E731
        return Spec({"learned_": Rule("parameter", before=parts)})


def budget(estimator, limit, name=None, **more):
    return fit_budget(estimator, max_params=limit, param_name=name, **(SIZES | more))


def one_hidden(h, p=20, k=3):
    return (p + 1) * h + (h + 1) * k


@pytest.mark.parametrize("limit", [27, 10_000, 10**12, 10**12 + 1, 10**40 + 9])
def test_exact_integers_of_any_size(limit):
    found = budget(MLPClassifier(), limit)
    (width,) = found.best_params["hidden_layer_sizes"]
    assert width == (limit - 3) // 24
    assert found.settings[0].count == one_hidden(width) <= limit
    assert found.exceeding[0].count == one_hidden(width + 1) > limit
    assert found.n_smaller == width - 1


@pytest.mark.parametrize("current", [(64, 32), [64, 32], np.array([64, 32]), (2, 1)], ids=type)
def test_layers_keep_their_number_and_proportions(current):
    found = budget(MLPClassifier(current), 5_000)
    first, second = found.best_params["hidden_layer_sizes"]
    assert second == (first + 1) // 2
    assert type(found.best_params["hidden_layer_sizes"]) is tuple
    after = found.exceeding[0]
    assert after.params == (("hidden_layer_sizes", f"({first + 1}, {(first + 2) // 2})"),)


def test_bytes_are_those_of_the_data_type():
    X = np.zeros((30, 20))
    y = np.arange(30) % 3
    wide = fit_budget(MLPClassifier(), X.astype(np.float32), y, max_bytes=4_000)
    narrow = fit_budget(MLPClassifier(), X, y, max_bytes=4_000)
    assert wide.best_params == {"hidden_layer_sizes": (41,)}
    assert narrow.best_params == {"hidden_layer_sizes": (20,)}
    assert (wide.settings[0].bytes, narrow.settings[0].bytes) == (3_948, 3_864)
    # float32 or float64 is known after fit
    fields = fit_budget(FactorAnalysis(), X.astype(np.float32), max_bytes=8 * 65)
    assert fields.settings[0].bytes == Bounds(4 * 60, 8 * 60)


def test_the_estimator_stays_as_it_is(rng):
    X, y = rng.standard_normal((30, 4)), np.arange(30) % 3
    model = make_pipeline(StandardScaler(), MLPClassifier((3,), max_iter=1))
    with pytest.warns(match="Maximum iterations"):
        model.fit(X, y)
    before = pickle.dumps(model)
    fit_budget(model, X, y, max_params=200)
    fit_budget(model, X, y, max_params=200, param_grid={"mlpclassifier__alpha": [1, 2]})
    assert pickle.dumps(model) == before


DEFAULTS = {
    "n_components": PCA(),
    "hidden_layer_sizes": MLPClassifier(),
    "clf__hidden_layer_sizes": Pipeline([("s", StandardScaler()), ("clf", MLPClassifier())]),
    "estimator__hidden_layer_sizes": GridSearchCV(MLPClassifier(), {"alpha": [1, 2]}),
    "regressor__hidden_layer_sizes": TransformedTargetRegressor(MLPRegressor()),
    "polynomialfeatures__degree": make_pipeline(PolynomialFeatures(), Ridge()),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_one_hyperparameter_that_sizes_an_estimator(name):
    found = budget(DEFAULTS[name], 2_000)
    assert list(found.best_params) == [name]
    estimator = DEFAULTS[name].set_params(**found.best_params)
    assert plan(estimator, **SIZES).totals.stored == found.settings[0].count <= 2_000
    assert found == budget(DEFAULTS[name], 2_000, name)


def test_a_grid_has_the_settings_that_meet_it_largest_first():
    grid = {"hidden_layer_sizes": [(10,), (30,), 50, (20, 20)], "alpha": [0.1, 1]}
    found = budget(MLPClassifier(), 1_000, None, param_grid=grid)
    counts = [each.count for each in found.settings]
    assert counts == [903, 903, 723, 723, 243, 243]
    assert [dict(each.params)["alpha"] for each in found.settings] == ["0.1", "1"] * 3
    assert [each.count for each in found.exceeding] == [1_203, 1_203]
    assert found.best_params == {"hidden_layer_sizes": (20, 20), "alpha": 0.1}
    assert found.settings[0].used == 0.903
    everything = budget(MLPClassifier(), 1_203, None, param_grid=grid)
    assert everything.settings[0].used == 1.0
    assert everything.limited_by == "no setting that is known exceeds the budget"


def test_a_grid_may_replace_estimators_and_leaves_them_alone():
    pipe = Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression())])
    network = MLPClassifier()
    grid = [
        {"clf": [RidgeClassifier(), LinearRegression()]},
        {"clf": [network], "clf__hidden_layer_sizes": [(5,), (20,)]},
    ]
    found = budget(pipe, 400, None, param_grid=grid)
    assert [each.count for each in found.settings] == [40 + 123, 40 + 63, 40 + 21]
    assert [each.count for each in found.exceeding] == [40 + 483]
    assert network.hidden_layer_sizes == (100,)
    best = found.best_params
    assert pipe.set_params(**best).get_params()["clf__hidden_layer_sizes"] == (5,)
    assert best["clf"] is not network


def test_what_is_unknown_or_refused_never_meets_a_budget():
    encode = make_pipeline(StandardScaler(), Ridge())
    grid = {"standardscaler": [OneHotEncoder(), StandardScaler(), PCA(30), PCA(5)]}
    found = budget(encode, 10**9, None, param_grid=grid)
    assert [each.count for each in found.settings] == [120 + 6, 40 + 21]
    assert [each.verdict for each in found.unknown] == ["unknown", "refused"]
    assert found.unknown[0].reason == "n_features behind standardscaler: depends on the data's" + (
        " categories"
    )
    assert found.unknown[1].reason == (
        "fit refuses standardscaler__n_components=30: at most 20 for this data"
    )
    text = str(found)
    assert "refused" in text
    assert "at most 20 for this data" in text
    refused = budget(Ridge(), 10**9, None, param_grid={"alpha": [-1, 1]}).unknown
    assert [each.reason for each in refused] == ["fit refuses alpha=-1"]
    widths = {"hidden_layer_sizes": [(3, 0), (4,), -1, "wide"]}
    refused = budget(MLPClassifier(), 10**9, None, param_grid=widths).unknown
    assert [each.reason for each in refused] == [
        "fit refuses a hidden layer of 0 neurons",
        "fit refuses hidden_layer_sizes=-1",
        "fit refuses hidden_layer_sizes='wide'",
    ]


def test_bounds_meet_a_budget_with_their_upper_end_only():
    found = budget(DecisionTreeRegressor(), 50, "max_leaf_nodes")
    assert found.settings[0].count == Bounds(1, 49)
    assert (found.exceeding[0].count, found.exceeding[0].verdict) == (Bounds(1, 51), "may exceed")
    forest = budget(RandomForestClassifier(max_depth=1), 20, "n_estimators")
    assert (forest.settings[0].count, forest.n_smaller) == (Bounds(6, 14), 1)
    sure = budget(Sized(count=lambda n: Bounds(n, 2 * n)), 9, "n")
    assert (sure.settings[0].count, sure.exceeding[0].verdict) == (Bounds(4, 8), "may exceed")


def test_a_search_ends_with_a_reason():
    def learned(n):
        if n > 6:
            raise NotKnown("there are more than six")
        return n

    found = budget(Sized(count=learned), 50, "n")
    assert (found.best_params, found.limited_by) == ({"n": 6}, "there are more than six")
    assert [each.verdict for each in found.unknown] == ["unknown"]
    full = budget(Sized(count=lambda n: min(n, 37)), 50, "n")
    assert (full.best_params, full.limited_by) == ({"n": 37}, "larger values of n learn no more")
    fewer = budget(Sized(count=lambda n: max(60 - n, 9)), 50, "n")
    assert (fewer.best_params, fewer.exceeding[0].count, fewer.n_smaller) == ({"n": 10}, 51, None)

    def shrinking(n):
        if n > 100:
            raise NotKnown("there are more than a hundred")
        return 200 - n

    assert budget(Sized(count=shrinking), 105, "n").best_params == {"n": 95}
    with pytest.raises(ValueError, match="the smallest setting, n=100, learns 100"):
        budget(Sized(count=shrinking), 99, "n")
    all_meet = budget(Sized(count=lambda n: max(60 - n, 9)), 59, "n")
    assert "is the smallest value" in all_meet.limited_by
    flat_at_first = budget(Sized(count=lambda n: max(n, 20)), 50, "n")
    assert flat_at_first.best_params == {"n": 50}
    steps = budget(Sized(count=lambda n: n // 10 + 1), 3, "n")
    assert (steps.best_params, steps.exceeding[0].count) == ({"n": 29}, 4)


@pytest.mark.parametrize("seed", sweep(range(40), 8))
def test_any_monotone_count(seed):
    """Against the value that a look at each of them finds."""
    rng = np.random.RandomState(seed)
    steps = rng.choice([0, 1, 7], 200, p=[0.5, 0.3, 0.2]).cumsum().tolist()

    def learned(n):
        return 5 + steps[min(n, 200) - 1]

    if steps[0] == steps[-1]:
        return
    limit = rng.randint(learned(1), learned(200) + 10)
    found = budget(Sized(count=learned), int(limit), "n")
    best = max(n for n in range(1, 201) if learned(n) <= limit)
    if learned(200) <= limit:
        best = min(n for n in range(1, 201) if learned(n) == learned(200))
    assert found.best_params == {"n": best}


MONOTONE = "what is learned must grow or shrink with n, got .*param_grid"
ERRORS = {
    "no budget": ({}, "give one of max_params and max_bytes, got neither"),
    "two budgets": ({"max_params": 1, "max_bytes": 1}, "max_bytes, got both"),
    "zero": ({"max_params": 0}, "max_params must be an int of at least 1, got 0"),
    "true": ({"max_params": True}, "max_params must be an int of at least 1, got True"),
    "float": ({"max_params": 1e6}, "got 1000000.0. Write 1000000."),
    "infinite": ({"max_params": float("inf")}, "max_params must be an int of at least 1, got inf"),
    "text": ({"max_bytes": "10 MB"}, "max_bytes must be an int of at least 1, got '10 MB'"),
    "two ways": (
        {"max_params": 9, "param_name": "alpha", "param_grid": {"alpha": [1]}},
        "give param_name or param_grid, got both",
    ),
    "typo": (
        {"max_params": 9, "param_name": "hiden_layer_size"},
        "MLPClassifier has no hyperparameter 'hiden_layer_size'; did you mean 'hidden_layer_sizes'",
    ),
    "typo in a grid": (
        {"max_params": 9, "param_grid": {"hiden_layer_size": [1]}},
        "did you mean 'hidden_layer_sizes'",
    ),
    "decides nothing": (
        {"max_params": 9, "param_name": "alpha"},
        "'alpha' decides no count here, got 2,403 for alpha=1 and for alpha=4096",
    ),
    "text as value": (
        {"max_params": 9, "param_name": "solver"},
        "takes whole numbers, got 'solver'. Give its values as param_grid={'solver': [...]}",
    ),
    "flag": ({"max_params": 9, "param_name": "early_stopping"}, "takes whole numbers, got 'early"),
    "share": ({"max_params": 9, "param_name": "validation_fraction"}, "takes whole numbers, got"),
    "nothing meets": (
        {"max_params": 26},
        "nothing meets max_params=26: the smallest setting, hidden_layer_sizes=(1,), "
        "learns 27 parameters",
    ),
    "no bytes": ({"max_bytes": 215}, "max_bytes=215: .* learns 216 bytes"),
    "nothing in a grid": (
        {"max_params": 26, "param_grid": {"hidden_layer_sizes": [(2, 9), 3]}},
        "nothing meets max_params=26: the smallest setting, hidden_layer_sizes=3, learns 75",
    ),
    "no list": ({"max_params": 9, "param_grid": {"alpha": 1}}, "must be a dict of lists"),
    "empty grid": ({"max_params": 9, "param_grid": {}}, "param_grid must name a hyperparameter"),
    "no grids": ({"max_params": 9, "param_grid": []}, "param_grid must name a hyperparameter"),
    "large grid": (
        {"max_params": 9, "param_grid": {"alpha": range(1, 10_002)}},
        "at most 10,000 settings, got 10,001",
    ),
    "several names": ({"max_params": 9, "param_name": ["alpha"]}, "Several names are a param_grid"),
    "bad size": ({"max_params": 9, "n_features": 0}, "fit_budget: n_features must be an int"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case):
    arguments, message = ERRORS[case]
    with pytest.raises((TypeError, ValueError), match=_pattern(message)) as raised:
        fit_budget(MLPClassifier(), **(SIZES | arguments))
    assert str(raised.value).startswith("fit_budget: ")


def _pattern(message):
    return ".*".join(map(re.escape, message.split(".*")))


SIZELESS = {
    "several": (RandomForestClassifier(), "several hyperparameters .* max_depth, .*n_estimators"),
    "several inside": (
        make_pipeline(PCA(), MLPClassifier()),
        "pca__n_components, mlpclassifier__hidden_layer_sizes",
    ),
    "no count": (KNeighborsClassifier(), "no hyperparameter of KNeighborsClassifier"),
    "linear": (Ridge(), "no hyperparameter of Ridge that takes whole numbers decides"),
    "unknown": (make_pipeline(OneHotEncoder(), Ridge()), "must be known: n_features behind"),
    "random": (
        RandomizedSearchCV(Ridge(), {"alpha": [1, 2], "fit_intercept": [True, False]}, n_iter=1),
        "no hyperparameter of RandomizedSearchCV",
    ),
    "bagging": (BaggingClassifier(Ridge()), "several .* max_features, n_estimators"),
}


@pytest.mark.parametrize("case", SIZELESS)
def test_without_a_name_there_must_be_one_size(case):
    estimator, message = SIZELESS[case]
    with pytest.raises(ValueError, match=f"fit_budget: .*{_pattern(message)}"):
        budget(estimator, 10**6)


def test_counts_that_grow_and_shrink_are_refused():
    for learned in (
        lambda n: abs(n - 6) + 1,
        lambda n: max(20 - abs(n - 6), 0),
        lambda n: n + 40 * (n % 2),
    ):
        with pytest.raises(ValueError, match=MONOTONE):
            budget(Sized(count=learned), 30, "n")


def test_errors_of_the_estimator_and_the_data_say_where_they_are():
    with pytest.raises(TypeError, match="fit_budget: estimator must be an instance, got the class"):
        fit_budget(PCA, max_params=9)
    with pytest.raises(ValueError, match="fit_budget: X and y must have as many rows"):
        fit_budget(PCA(), np.zeros((3, 2)), np.zeros(2), max_params=9)
    with pytest.raises(ValueError, match=r"got n_components=1: needs n_features\."):
        fit_budget(PCA(), max_params=9, param_name="n_components")
    with pytest.raises(ValueError, match=r"must be known: needs n_"):
        fit_budget(PCA(), max_params=9)
    with pytest.raises(ValueError, match="1 setting of which it is not: needs n_features"):
        fit_budget(Ridge(), max_params=9, param_grid={"alpha": [1]})


def test_the_record_as_text_frame_and_json():
    pytest.importorskip("pandas")
    found = budget(MLPClassifier(), 10_000)
    assert str(found).splitlines() == [
        "MLPClassifier · budget of 10,000 parameters",
        "",
        "settings   hidden_layer_sizes   count    bytes  of the budget",
        "  meets    (416,)               9,987  79.9 kB         99.8 %",
        "  … 415 smaller",
        "  exceeds  (417,)              10,011  80.1 kB        100.2 %",
    ]
    frame = found.to_frame()
    assert frame["verdict"].tolist() == ["meets", "exceeds"]
    assert frame["param_hidden_layer_sizes"].tolist() == ["(416,)", "(417,)"]
    assert frame["count"].tolist() == frame["count_high"].tolist() == [9_987, 10_011]
    plain = json.loads(budget(MLPClassifier(), np.int64(10_000)).to_json())
    assert plain["settings"][0]["params"] == [["hidden_layer_sizes", "(416,)"]]
    assert "_values" not in plain["settings"][0]
    tree = budget(DecisionTreeRegressor(), 50, "max_leaf_nodes").to_frame()
    assert tree["count"].isna().all()
    assert tree[["count_low", "count_high"]].to_numpy().tolist() == [[1, 49], [1, 51]]
    refused = budget(PCA(), 10**6).to_frame().iloc[1]
    assert (refused["verdict"], refused["reason"]) == ("refused", found_reason(21))
    assert "… 19 smaller" in budget(PCA(), 10**6).to_html()


def found_reason(n):
    return f"fit refuses n_components={n}: at most {n - 1} for this data"


def test_text_of_users_is_escaped():
    for text in NASTY[:4]:
        found = budget(Sized(count=lambda n: 5), 9, None, param_grid={"other": [text]})
        assert "<script>" not in found.to_html()
        assert "\x1b" not in str(found)


def test_shares_reach_100_percent_only_with_the_budget():
    assert "100.0 %" not in str(budget(Sized(), 10**6, "n", param_grid=None)).splitlines()[-1]
    grid = {"n": [10**6 - 1, 10**6, 10**6 + 1, 10**8, 10**400]}
    text = str(budget(Sized(), 10**6, None, param_grid=grid)).splitlines()
    assert [line.split()[-2] for line in text[3:7]] == ["100.0", "99.9", "100.1", "100"]


def test_plans_say_what_fit_refuses():
    assert plan(PCA(21), **SIZES).refused == (found_reason(21),)
    assert plan(PCA(20), **SIZES).refused == ()
    assert plan(PCA(120), n_features=120).refused == ()
    assert found_reason(21) in str(plan(PCA(21), **SIZES))
    # of a search, all candidates must be refused
    search = GridSearchCV(PCA(), {"n_components": [3, 21]})
    assert plan(search, **SIZES).refused == ()
    refused = plan(GridSearchCV(PCA(21), {"tol": [1, 2]}), **SIZES).refused
    assert refused == ("fit refuses best_estimator___n_components=21: at most 20 for this data",)
    # behind a step with bounds, the largest number of columns is what counts
    chained = make_pipeline(PCA(0.9), PCA(20))
    assert plan(chained, **SIZES).refused == ()
    assert plan(make_pipeline(PCA(5), PCA(6)), **SIZES).refused == (
        "fit refuses pca-2__n_components=6: at most 5 for this data",
    )
