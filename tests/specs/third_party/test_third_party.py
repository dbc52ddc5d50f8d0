"""LightGBM, XGBoost, imbalanced-learn and skorch: counts against their own dumps."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from skparams import count_params, fitted_params, plan, summary
from skparams.specs import Bounds, Unknown
from tests.specs.checks import check_roles

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those packages' own
]


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.standard_normal((300, 5)), np.arange(300) % 3


def check(estimator, fitted):
    """Check that there is nothing before fit, and afterwards no attribute without a role."""
    assert not summary(estimator).root.fitted
    with pytest.raises(NotFittedError):
        fitted_params(estimator)
    fitted()
    found = summary(estimator)
    assert found.root.fitted
    assert not found.guessed
    check_roles(estimator)
    return found.totals.stored


def of_lightgbm(booster):
    """Thresholds and leaf values, from LightGBM's own dump."""

    def count(node):
        if "left_child" not in node:
            return 1
        by_category = node["decision_type"] == "=="
        return (not by_category) + count(node["left_child"]) + count(node["right_child"])

    return sum(count(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"])


@pytest.mark.parametrize("kind", ["Classifier", "Regressor", "Ranker", "early", "categories"])
def test_lightgbm(kind, data):
    lightgbm = pytest.importorskip("lightgbm")
    X, y = data
    name = f"LGBM{kind}" if kind.startswith(("C", "R")) else "LGBMRegressor"
    model = getattr(lightgbm, name)(n_estimators=30, verbose=-1)
    more = {"group": [100, 200]} if kind == "Ranker" else {}
    if kind == "early":
        model.set_params(early_stopping_round=2)
        more = {"eval_set": [(X, y[::-1])]}
    if kind == "categories":
        X = np.column_stack([X, np.arange(300) % 7])
        y = (X[:, 5] % 2) + X[:, 0]
        more = {"categorical_feature": [5]}
    assert check(model, lambda: model.fit(X, y, **more)) == of_lightgbm(model.booster_)
    if kind == "early":
        assert model.best_iteration_ < 30
    values = fitted_params(model)["_Booster.leaf_value"]
    assert not values.flags.writeable
    assert values[0] == model.booster_.get_leaf_output(0, 0)
    assert isinstance(plan(model, X, y).totals.stored, Unknown)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"booster": "dart", "rate_drop": 0.5},
        {"multi_strategy": "multi_output_tree", "tree_method": "hist"},
        {"early_stopping_rounds": 1},
    ],
)
@pytest.mark.parametrize("kind", ["XGBClassifier", "XGBRegressor", "XGBRFRegressor"])
def test_xgboost(kind, given, data):
    xgboost = pytest.importorskip("xgboost")
    if kind == "XGBRFRegressor" and given:
        pytest.skip("random forests take none of these")
    X, y = data
    model = getattr(xgboost, kind)(n_estimators=6, max_depth=3, **given)
    more = {"eval_set": [(X, y[::-1])], "verbose": False} if len(given) == 1 else {}
    more = more if "early_stopping_rounds" in given else {}
    stored = check(model, lambda: model.fit(X, y, **more))
    booster = model.get_booster()
    if "early_stopping_rounds" in given:
        booster = booster[: model.best_iteration + 1]
    dump = booster.get_dump()
    leaves, splits = (sum(tree.count(word) for tree in dump) for word in ("leaf=", "yes="))
    in_leaf = 3 if "multi_strategy" in given and kind == "XGBClassifier" else 1
    intercept = 0 if kind == "XGBClassifier" else 1
    if "multi_strategy" in given and kind == "XGBClassifier":
        leaves = splits + len(dump)
    drops = len(dump) if given.get("booster") == "dart" else 0
    assert stored == splits + in_leaf * leaves + intercept + drops


def test_linear_xgboost(data):
    xgboost = pytest.importorskip("xgboost")
    X, y = data
    model = xgboost.XGBRegressor(n_estimators=2, booster="gblinear")
    assert check(model, lambda: model.fit(X, y)) == 5 + 1 + 1  # coefs, bias, base score


def test_imbalanced_learn(data):
    pytest.importorskip("imblearn")
    from imblearn import ensemble, over_sampling, pipeline, under_sampling

    X, y = data
    y = (X[:, 0] > 0.7).astype(int)
    steps = (over_sampling.SMOTE(), under_sampling.TomekLinks(), LogisticRegression())
    model = pipeline.make_pipeline(*steps)
    assert plan(model, X, y).totals.stored == 6
    assert check(model, lambda: model.fit(X, y)) == 6
    for name in ("BalancedRandomForest", "EasyEnsemble", "RUSBoost", "BalancedBagging"):
        model = getattr(ensemble, f"{name}Classifier")(n_estimators=3, random_state=0)
        planned = plan(model, X, y).totals.stored
        stored = check(model, lambda model=model: model.fit(X, y))
        expected = 0
        for member in model.estimators_:
            expected += count_params(member[-1] if hasattr(member, "steps") else member)
        weights = len(model.estimators_) if name == "RUSBoost" else 0
        assert stored == expected + weights
        if isinstance(planned, Bounds):
            assert planned.low <= stored <= planned.high


@pytest.mark.exhaustive
def test_all_samplers_learn_nothing(data):
    pytest.importorskip("imblearn")
    from imblearn.utils.testing import all_estimators

    X, y = data
    y = (X[:, 0] > 0.7).astype(int)
    X = np.column_stack([X, np.arange(len(X)) % 3])
    for name, cls in all_estimators(type_filter="sampler"):
        arguments = {
            "SMOTENC": {"categorical_features": [5]},
            # with the default threshold, whether a cluster has enough rows is a matter of luck
            "KMeansSMOTE": {"cluster_balance_threshold": 0.0, "random_state": 0},
        }
        sampler = cls(**arguments.get(name, {}))
        sampler.fit_resample(X, y)
        check_roles(sampler)
        assert count_params(sampler) == 0, name


def test_skorch(data):
    skorch = pytest.importorskip("skorch")
    torch = pytest.importorskip("torch")
    X, y = data

    class Module(torch.nn.Module):
        def __init__(self, hidden=4):
            super().__init__()
            self.first = torch.nn.Linear(5, hidden)
            self.norm = torch.nn.BatchNorm1d(hidden)
            self.last = torch.nn.Linear(hidden, 3)
            self.first.bias.requires_grad_(False)

        def forward(self, X):
            return torch.softmax(self.last(self.norm(self.first(X))), -1)

    net = skorch.NeuralNetClassifier(
        Module, max_epochs=2, module__hidden=6, optimizer=torch.optim.Adam, verbose=0
    )
    stored = check(net, lambda: net.fit(X.astype(np.float32), y))
    tensors = list(net.module_.parameters())
    assert stored == sum(each.numel() for each in tensors) + 2 * 6  # running mean and variance
    assert summary(net).totals.free == stored - 6  # the bias that is not trained
    weight = fitted_params(net)["module_.first.weight"]
    assert np.shares_memory(weight, net.module_.first.weight.detach().numpy())
    trained = sum(each.numel() for each in tensors if each.requires_grad)
    state = [row for row in summary(net).root.attributes if row.role == "state"]
    assert sum(row.count for row in state if row.shape) == 2 * trained  # Adam's moments
    chosen = {each.path: each.changed for each in summary(net).root.hyperparameters}
    assert chosen["module__hidden"]
    assert not chosen["batch_size"]
