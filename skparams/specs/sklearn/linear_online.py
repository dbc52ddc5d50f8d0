"""Linear models that are trained row by row."""

from __future__ import annotations

from skparams._records import Cost, DataShape
from skparams.specs import BINARY, ONE, Params, Rule, Said, Spec, if_known, parameter, register
from skparams.specs.sklearn.linear import epoch_of, linear

# With average=True both the running and the averaged coefficients are kept; coef_ is one of them.
_ONLINE: dict[str, Rule | str] = {
    **dict.fromkeys(
        ("t_", "_standard_coef", "_standard_intercept", "_average_coef", "_average_intercept"),
        "state",
    ),
    "_expanded_class_weight": "structure",
    "_loss_function_": "structure",
    # Arguments of SGD that these classes fix.
    **dict.fromkeys(
        (
            "alpha",
            "average",
            "early_stopping",
            "epsilon",
            "eta0",
            "l1_ratio",
            "learning_rate",
            "loss",
            "n_iter_no_change",
            "penalty",
            "power_t",
            "validation_fraction",
        ),
        "structure",
    ),
    "C": "structure",  # scikit-learn < 1.9
}


def _intercept(float64: bool | Said, *dims: str) -> Rule:
    """Return the rule of an intercept: where there is one only, it may be a Python float first."""
    return Rule("parameter", dims, when="fit_intercept", float64=float64, otherwise="structure")


def _one_without_average(data: DataShape, params: Params) -> bool:
    return data.n_classes <= 2 and not params["average"]


linear(
    "SGDClassifier Perceptron PassiveAggressiveClassifier",
    {**_ONLINE, "intercept_": _intercept(_one_without_average, "n_outputs")},
    sizes=BINARY,
    epochs=True,
)
linear(
    "SGDRegressor PassiveAggressiveRegressor",
    {**_ONLINE, "intercept_": _intercept(True, "n_outputs")},
    sizes=ONE,
    epochs=True,
)


def _cost(data: DataShape, params: Params, n_parameters: int) -> Cost:
    return Cost(
        predict_macs_per_sample=if_known(lambda: data.n_features),
        train_macs_per_epoch=if_known(lambda: epoch_of(data, data.n_features)),
    )


register(
    "sklearn.SGDOneClassSVM",
    Spec(
        {
            "coef_": parameter("n_features"),
            "offset_": _intercept(True, "1"),
            **_ONLINE,
        },
        cost=_cost,
        keeps_float32=True,
    ),
)
