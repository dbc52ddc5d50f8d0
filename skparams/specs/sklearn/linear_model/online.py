"""Linear models that are trained sample by sample."""

from __future__ import annotations

from functools import partial

from skparams._records import Cost
from skparams.specs import (
    Context,
    Rule,
    Spec,
    common,
    convergence,
    epoch_macs,
    linear,
    parameter,
    roles,
)

SPECS: dict[str, Spec] = {}

# With average=True both the running and the averaged coefficients are kept; coef_ is one of them.
_ONLINE: dict[str, Rule | str] = {
    **roles(
        state="t_ _standard_coef _standard_intercept _average_coef _average_intercept",
        # From the second line on they are arguments of SGD that these classes fix.
        structure="_expanded_class_weight _loss_function_ "
        "alpha average early_stopping epsilon eta0 l1_ratio learning_rate loss n_iter_no_change "
        "penalty power_t validation_fraction",
    ),
    "C": "structure",  # scikit-learn < 1.9
}
_online = partial(linear, _ONLINE, epochs=True, convergence=convergence.with_tolerance)
for _name in ("SGDClassifier", "Perceptron", "PassiveAggressiveClassifier"):
    SPECS[_name] = _online(sizes=common.BINARY)
for _name in ("SGDRegressor", "PassiveAggressiveRegressor"):
    SPECS[_name] = _online(sizes=common.ONE)


def _cost(ctx: Context) -> Cost:
    return Cost(
        predict_macs_per_sample=common.if_known(lambda: ctx.data.n_features),
        train_macs_per_epoch=common.if_known(lambda: epoch_macs(ctx.data, ctx.data.n_features)),
    )


SPECS["SGDOneClassSVM"] = Spec(
    {
        "coef_": parameter("n_features"),
        "offset_": parameter("1", when="fit_intercept", otherwise="structure"),
        **_ONLINE,
    },
    cost=_cost,
    extras={"convergence": convergence.with_tolerance},
)
