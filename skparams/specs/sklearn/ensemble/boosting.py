"""Boosting: trees that follow one another, and the weights or the model that they start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from skparams._records import NO_CLASSES, between
from skparams.specs import Context, Member, Spec, members, roles, trees

SPECS: dict[str, Spec] = {}


def _gradient_boosted(ctx: Context, *, dummy: str, classes: bool) -> Iterator[Member]:
    init = ctx.params["init"]
    if not isinstance(init, str):  # else "zero"
        yield Member(
            "init_", members.made(f"sklearn.dummy.{dummy}") if init is None else init, ctx.data
        )
    tree = trees.grown(ctx, "DecisionTreeRegressor")
    of_tree = replace(ctx.data, targets=1, classes=NO_CLASSES)
    per_stage = ctx.data.n_classes if classes and ctx.data.n_classes > 2 else 1
    most = ctx.params["n_estimators"]
    least = most if ctx.params["n_iter_no_change"] is None else 1
    yield Member("estimators_", tree, of_tree, between(least * per_stage, most * per_stage))


def _n_samples(ctx: Context) -> int | None:
    """Return the rows of the first tree, if it is not fitted on a part of them."""
    partly = ctx.params["subsample"] < 1 or ctx.params["n_iter_no_change"] is not None
    return None if partly else ctx.values["estimators_"][0, 0].tree_.n_node_samples[0]


for _kind, _dummy in (("Classifier", "DummyClassifier"), ("Regressor", "DummyRegressor")):
    SPECS[f"GradientBoosting{_kind}"] = Spec(
        {
            "init_": "estimator",
            "estimators_": "estimator",
            **roles(
                structure="_loss _raw_predict_init max_features_ n_estimators_ "
                "n_trees_per_iteration_",
                diagnostic="train_score_ oob_improvement_ oob_score_ oob_scores_",
                random="_rng",
            ),
            **({"alpha": "structure"} if _kind == "Classifier" else {}),
        },
        decides=dict.fromkeys(("n_estimators", *trees.LIMITS), ("estimators_",)),
        extras={"n_samples": _n_samples},
        members=partial(_gradient_boosted, dummy=_dummy, classes=_kind == "Classifier"),
    )


def _boosted(ctx: Context, *, tree: str, depth: int, draws: bool) -> Iterator[Member]:
    """AdaBoost's, for regression each on rows that are drawn, some of them never."""
    default = f"sklearn.tree.{tree}"
    estimator = members.made(default, {"max_depth": depth}, given=ctx.params["estimator"])
    data = replace(members.as_array(ctx.data), weighted=draws)
    yield Member("estimators_", estimator, data, between(1, ctx.params["n_estimators"]))


for _kind, _depth in (("Classifier", 1), ("Regressor", 3)):
    SPECS[f"AdaBoost{_kind}"] = Spec(
        trees.BOOSTED,
        decides={"n_estimators": ("estimators_", "estimator_weights_")},
        members=partial(
            _boosted, tree=f"DecisionTree{_kind}", depth=_depth, draws=_kind == "Regressor"
        ),
    )
