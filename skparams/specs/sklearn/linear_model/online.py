"""Linear models that are trained sample by sample."""

from __future__ import annotations

from functools import partial

from skparams.specs import (
    Rule,
    Spec,
    common,
    convergence,
    linear,
    linear_cost,
    nonzero_if_l1,
    parameter,
    roles,
    stored_coefficients,
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
_online = partial(
    linear, _ONLINE, free=nonzero_if_l1, epochs=True, convergence=convergence.with_tolerance
)
for _name in ("SGDClassifier", "Perceptron", "PassiveAggressiveClassifier"):
    SPECS[_name] = _online(sizes=common.BINARY)
for _name in ("SGDRegressor", "PassiveAggressiveRegressor"):
    SPECS[_name] = _online(sizes=common.ONE)


SPECS["SGDOneClassSVM"] = Spec(
    {
        "coef_": parameter("n_features"),
        "offset_": parameter("1", when="fit_intercept", otherwise="structure"),
        **_ONLINE,
    },
    cost=linear_cost(1, epochs=True),
    extras={
        "convergence": convergence.with_tolerance,
        "coefficients": partial(stored_coefficients, intercepts="offset_"),
    },
)
