"""Networks: multi-layer perceptrons, scikit-learn's and this package's, and Boltzmann machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import ceil
from typing import Any

from skparams._records import Cost, Count, DataShape, Layer, Size, Unknown
from skparams.specs import (
    MULTILABEL,
    Params,
    Rule,
    Spec,
    dead_units,
    idle_units,
    if_known,
    itemsize,
    parameter,
    register,
)


def _units(i: int, n: int) -> str:
    """Name the number of units in layer i, where n matrices connect n + 1 layers."""
    return "n_features" if i == 0 else "n_outputs" if i == n else f"h{i}"


def _hidden(params: Params) -> list[int]:
    """Return the sizes of the hidden layers, given as a number or as several."""
    sizes = params["hidden_layer_sizes"]
    return [int(size) for size in (sizes if isinstance(sizes, Iterable) else [sizes])]


def _n_matrices(data: DataShape, params: Params) -> int:
    return len(_hidden(params)) + 1


def _layers(attributes: Mapping[str, Any], params: Params) -> tuple[Layer, ...]:
    coefs, intercepts = attributes["coefs_"], attributes["intercepts_"]
    layers = [Layer("input", coefs[0].shape[0], None, 0, 0)]
    for i, (weights, biases) in enumerate(zip(coefs, intercepts, strict=True), start=1):
        last = i == len(coefs)
        name = "output" if last else f"hidden {i}"
        activation = attributes["out_activation_"] if last else params["activation"]
        layers.append(Layer(name, weights.shape[1], activation, weights.shape[0], biases.size))
    return tuple(layers)


def _row(data: DataShape, layers: list[int]) -> int:
    """Count the multiply-adds of a row on its way forwards."""
    return sum(a * b for a, b in pairwise([data.n_features, *layers]))


def _n_validation(data: DataShape, params: Params) -> int:
    stops_early = params["early_stopping"] and params["solver"] != "lbfgs"
    return ceil(params["validation_fraction"] * data.n_samples) if stops_early else 0


def _epoch(data: DataShape, params: Params, layers: list[int]) -> int:
    """Count those of an epoch, or of one evaluation of the loss by lbfgs.

    Backwards a row takes them twice, for the gradient and for the layer below; but no layer is
    below the first. Validation rows go forwards only.
    """
    n_validation, row = _n_validation(data, params), _row(data, layers)
    there_and_back = 3 * row - data.n_features * layers[0]
    return (data.n_samples - n_validation) * there_and_back + n_validation * row


def _training(data: DataShape, params: Params, layers: list[int], n_parameters: int) -> Count:
    """Count the bytes at work beside the data.

    They are the parameters, their gradient, the solver's state, with early stopping the best
    parameters so far, and for each row of a batch the activation and the derivative of each unit
    but the inputs. What lbfgs takes is SciPy's, and not known here.
    """
    moments = {"sgd": 1, "adam": 2}.get(params["solver"])
    if moments is None:
        return Unknown("depends on SciPy's lbfgs")
    copies = 2 + moments + bool(params["early_stopping"])
    n_training = data.n_samples - _n_validation(data, params)
    size = params["batch_size"]
    batch = min(200 if size == "auto" else int(size), n_training)
    return itemsize(data) * (copies * n_parameters + 2 * batch * sum(layers))


def _perceptron(outputs: Size) -> Spec:
    def sizes(params: Params) -> dict[str, Size]:
        hidden = enumerate(_hidden(params), start=1)
        named: dict[str, Size] = {f"h{i}": _constant(size) for i, size in hidden}
        return {**named, "n_outputs": outputs}

    def cost(data: DataShape, params: Params, n_parameters: int) -> Cost:
        def layers() -> list[int]:
            last = outputs(data, params)
            assert isinstance(last, int)
            return [*_hidden(params), last]

        return Cost(
            predict_macs_per_sample=if_known(lambda: _row(data, layers())),
            train_macs_per_epoch=if_known(lambda: _epoch(data, params, layers())),
            training_bytes=if_known(lambda: _training(data, params, layers(), n_parameters)),
        )

    return Spec(
        _PERCEPTRON,
        units=_interchangeable,
        decides={"hidden_layer_sizes": ("coefs_", "intercepts_")},
        layers=_layers,
        sizes=sizes,
        cost=cost,
        keeps_float32=True,
        findings=idle_units,
        findings_on=dead_units,
    )


def _interchangeable(params: Params) -> dict[str, tuple[str, ...]]:
    """Return the hidden layers; an odd activation lets a unit turn, with all its weights."""
    turning = ("coefs_", "intercepts_") if params["activation"] in ("identity", "tanh") else ()
    return {f"h{i}": turning for i in range(1, len(_hidden(params)) + 1)}


def _constant(size: int) -> Size:
    return lambda data, params: size


_PERCEPTRON: dict[str, Rule | str] = {
    "coefs_": Rule("parameter", lambda i, n: (_units(i, n), _units(i + 1, n)), length=_n_matrices),
    "intercepts_": Rule("parameter", lambda i, n: (_units(i + 1, n),), length=_n_matrices),
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
    "_random_state": "state",
}
_CLASSIFIER = _perceptron(MULTILABEL["n_outputs"])
_REGRESSOR = _perceptron(lambda data, params: data.n_outputs)

for _package in ("sklearn", "skparams"):
    register(f"{_package}.MLPClassifier", _CLASSIFIER)
    register(f"{_package}.MLPRegressor", _REGRESSOR)


def _contrastive(data: DataShape, params: Params, n_parameters: int) -> Cost:
    """Count those of an epoch: two passes over the rows, three over as many fantasies."""

    def epoch() -> int:
        batch = params["batch_size"]
        fantasies = batch * -(-data.n_samples // batch)
        return data.n_features * params["n_components"] * (2 * data.n_samples + 3 * fantasies)

    return Cost(
        predict_macs_per_sample=if_known(lambda: data.n_features * params["n_components"]),
        train_macs_per_epoch=if_known(epoch),
    )


register(
    "sklearn.BernoulliRBM",
    Spec(
        {
            "components_": parameter("n_components", "n_features"),
            "intercept_hidden_": parameter("n_components"),
            "intercept_visible_": parameter("n_features"),
            "h_samples_": "state",
            "random_state_": "random",
            "_n_features_out": "structure",
        },
        n_features_out="n_components",
        units={"n_components": ()},
        cost=_contrastive,
        keeps_float32=True,
    ),
)
