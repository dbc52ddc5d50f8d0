"""Multi-layer perceptrons: scikit-learn's and this package's keep the same attributes."""

from collections.abc import Mapping
from typing import Any

from skparams.inspection._record import Layer
from skparams.inspection._spec import Rule, Spec, register


def _units(i: int, n: int) -> str:
    """Name the number of units in layer i, where n matrices connect n + 1 layers."""
    return "n_features" if i == 0 else "n_outputs" if i == n else f"h{i}"


def _layers(attributes: Mapping[str, Any], params: Mapping[str, Any]) -> tuple[Layer, ...]:
    coefs, intercepts = attributes["coefs_"], attributes["intercepts_"]
    layers = [Layer("input", coefs[0].shape[0], None, 0, 0)]
    for i, (weights, biases) in enumerate(zip(coefs, intercepts, strict=True), start=1):
        last = i == len(coefs)
        name = "output" if last else f"hidden {i}"
        activation = attributes["out_activation_"] if last else params["activation"]
        layers.append(Layer(name, weights.shape[1], activation, weights.shape[0], biases.size))
    return tuple(layers)


_MLP = Spec(
    {
        "coefs_": Rule("parameter", lambda i, n: (_units(i, n), _units(i + 1, n))),
        "intercepts_": Rule("parameter", lambda i, n: (_units(i + 1, n),)),
        "loss": "structure",
        "n_layers_": "structure",
        "n_outputs_": "structure",
        "out_activation_": "structure",
        "_label_binarizer": "structure",
        "_coef_indptr": "structure",
        "_intercept_indptr": "structure",
        "loss_": "diagnostic",
        "loss_curve_": "diagnostic",
        "best_loss_": "diagnostic",
        "validation_scores_": "diagnostic",
        "best_validation_score_": "diagnostic",
        "t_": "state",
        "_optimizer": "state",
        "_order": "state",
        "_no_improvement_count": "state",
        "_best_coefs": "state",
        "_best_intercepts": "state",
        "_random_state": "random",
    },
    decides={"hidden_layer_sizes": ("coefs_", "intercepts_")},
    layers=_layers,
)

for _package in ("sklearn", "skparams"):
    for _name in ("MLPClassifier", "MLPRegressor"):
        register(f"{_package}.{_name}", _MLP)
