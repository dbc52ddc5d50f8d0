"""Trees are one line that says how many and how large, without private paths."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.base import clone
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

from skparams import fitted_params, plan, summary

X = np.random.RandomState(0).standard_normal((300, 6))
y = (X[:, 0] + X[:, 1] > 0).astype(int) + (X[:, 2] > 1)


def sizes(leaves, depths):
    """The line's words of trees with these leaves and depths; forests say the nodes too."""
    nodes = f"({_span([2 * n - 1 for n in leaves])} nodes, )?"
    return f"{len(leaves)} × tree, {nodes}{_span(leaves)} leaves, depth {_span(depths)}"


def _span(counts):
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"


def histogram():
    model = HistGradientBoostingClassifier(max_iter=12).fit(X, y)
    trees = [tree for trees in model._predictors for tree in trees]
    leaves = [tree.get_n_leaf_nodes() for tree in trees]
    return model, leaves, [tree.get_max_depth() for tree in trees]


def of_estimators(model):
    trees = [tree.tree_ for tree in np.ravel(model.fit(X, y).estimators_)]
    return model, [tree.n_leaves for tree in trees], [tree.max_depth for tree in trees]


def lightgbm():
    lgb = pytest.importorskip("lightgbm")
    model = lgb.LGBMClassifier(n_estimators=9, verbose=-1).fit(X, y)
    nodes = model.booster_.trees_to_dataframe()
    leaves = nodes[nodes["left_child"].isna()].groupby("tree_index").size()
    return model, list(leaves), list(nodes.groupby("tree_index")["node_depth"].max() - 1)


def xgboost():
    xgb = pytest.importorskip("xgboost")
    model = xgb.XGBClassifier(n_estimators=9, max_depth=5).fit(X, y)
    trees = model.get_booster().get_dump()
    leaves = [text.count(":leaf=") for text in trees]
    depths = [max(len(line) - len(line.lstrip("\t")) for line in t.splitlines()) for t in trees]
    return model, leaves, depths


@pytest.mark.parametrize(
    "made",
    [
        histogram,
        lightgbm,
        xgboost,
        lambda: of_estimators(RandomForestClassifier(12, random_state=0)),
        lambda: of_estimators(GradientBoostingRegressor(n_estimators=12, random_state=0)),
    ],
)
def test_a_run_of_trees_is_one_line_that_opens(made):
    model, leaves, depths = made()
    shown = summary(model)
    text = shown.to_text(width=120)
    assert re.search(sizes(leaves, depths), text)
    assert len(re.findall("tree", text)) == 1 + text.count("trees")
    for form in (text, shown.to_html(), str(summary(model, depth=1))):
        assert not re.search(r"_predictors\[|_Booster\.(threshold|leaf|split)", form)
    html = shown.to_html()
    assert re.search(sizes(leaves, depths), html)
    assert "<details>" in html


def test_a_single_tree_says_its_size_at_the_top():
    model = DecisionTreeRegressor(max_depth=3).fit(X, y)
    tree = model.tree_
    assert f"· {tree.n_leaves} leaves, depth 3\n" in str(summary(model))
    assert "1 leaf, depth 0" in str(summary(DecisionTreeRegressor().fit(X, 0 * y)))


def test_before_fit_trees_have_bounds():
    text = str(plan(HistGradientBoostingClassifier(max_depth=3), X, y))
    assert "300 × tree, 1 to 8 leaves" in text
    assert "depth ≤ 3" in text
    assert "nodes[" not in text


@pytest.mark.parametrize("made", [histogram, lightgbm, xgboost])
@pytest.mark.parametrize("piped", [False, True])
def test_no_private_name_of_trees_is_read(made, piped):
    model = made()[0]
    model = make_pipeline(model).fit(X, y) if piped else model
    found = summary(model, X, stats=True)
    private = re.compile(r"_predictors|_Booster|(^|\W|__)_best_iteration")
    text = found.to_text(width=120)
    labels = [label.get_text() for label in found.plot(Figure().subplots()).get_yticklabels()]
    for form in (text, found.to_html(), str(summary(clone(model))), *labels):
        assert not private.search(form)
    assert re.search(r"trees(\[\d+\])?\.(leaf_)?values", text)
    assert any(re.search(r"_predictors|_Booster", path) for path in fitted_params(model))


def test_a_finding_names_a_tree_as_the_page_does():
    model = HistGradientBoostingClassifier(max_iter=3).fit(X, y)
    model._predictors[2][1].nodes["value"][-1] = np.nan
    found = summary(model)
    assert len(model._predictors[0]) == 3
    assert "trees[7].values: 1 NaN of" in str(found)
    assert found.findings[0].path == "_predictors[2][1].nodes['value']"
