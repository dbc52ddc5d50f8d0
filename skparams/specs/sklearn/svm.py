"""Support vector machines: a weight for each support vector in each pair of classes.

The weights of a pair of classes sum to zero, and those of a one-class machine to what ``nu`` says.
The support vectors are training rows. What Platt's method adds gives probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

from skparams._records import Bounds, Count, DataShape, Size, add, between, multiply
from skparams.specs import Params, Rule, Spec, parameter, register, row_of

Attributes = Mapping[str, Any]


def _balanced(shape: tuple[int, ...], params: Params) -> int:
    """Count the weights but for one sum in each pair of classes."""
    others, n_vectors = shape
    return max(others * n_vectors - others * (others + 1) // 2, 0)


def _n_pairs(data: DataShape, params: Params) -> int:
    return data.n_classes * (data.n_classes - 1) // 2


def _with_platt(params: Params) -> bool:
    return params["probability"] is True


def _inside_weights(attributes: Attributes, params: Params) -> Any:
    """Return the weights as libsvm takes them, which counts the first of two classes positive."""
    weights = attributes["dual_coef_"]
    return -weights if _is_binary(attributes) else weights


def _inside_intercept(attributes: Attributes, params: Params) -> Any:
    intercept = attributes["intercept_"]
    return -intercept if _is_binary(attributes) else intercept.copy()


def _is_binary(attributes: Attributes) -> bool:
    return len(attributes.get("classes_", ())) == 2


_LIBSVM: dict[str, Rule | str] = {
    "_dual_coef_": Rule("derived", derive=_inside_weights),
    "_intercept_": Rule("derived", derive=_inside_intercept),
    "support_vectors_": "data",
    "_gamma": "tuned",
    **dict.fromkeys(
        (
            "support_",
            "_n_support",
            "class_weight_",
            "_sparse",
            "_effective_probability",
            # arguments that some of these classes fix
            "C",
            "nu",
            "epsilon",
            "probability",
            "class_weight",
            "random_state",
        ),
        "structure",
    ),
    "fit_status_": "diagnostic",
    "_num_iter": "diagnostic",
    "shape_fit_": "metadata",
}
_DECIDES = dict.fromkeys(("C", "nu", "epsilon", "kernel", "gamma"), ("dual_coef_",))


def _libsvm(more: Mapping[str, Rule | str], sizes: Mapping[str, Size]) -> Spec:
    def multiply_adds(data: DataShape, params: Params) -> Count:
        """Count a kernel with each support vector as one for each feature."""
        n_vectors = sizes["n_support_vectors"](data, params)
        weights = sizes["n_classes-1"](data, params)
        assert not isinstance(n_vectors, str)
        return multiply(n_vectors, add([data.n_features, weights]))

    return Spec(
        {
            "dual_coef_": parameter("n_classes-1", "n_support_vectors", free=_balanced),
            **more,
            **_LIBSVM,
        },
        decides=_DECIDES,
        sizes=sizes,
        cost=row_of(multiply_adds),
    )


def _of_classes(data: DataShape, params: Params) -> int | Bounds:
    """Return the bounds: at the optimum each class has a support vector."""
    least = data.n_classes if params["max_iter"] == -1 else 0
    return between(min(least, data.n_samples), data.n_samples)


register(
    "sklearn.BaseSVC",
    _libsvm(
        {
            "intercept_": parameter("n_pairs"),
            "_probA": parameter("n_pairs", when=_with_platt),
            "_probB": parameter("n_pairs", when=_with_platt),
        },
        {
            "n_classes-1": lambda data, params: data.n_classes - 1,
            "n_support_vectors": _of_classes,
            "n_pairs": _n_pairs,
        },
    ),
)

_UNUSED = dict.fromkeys(("_probA", "_probB"), "structure")  # both are empty
_ONE: dict[str, Size] = {"n_classes-1": lambda data, params: 1}
_SVR = _libsvm(
    {"intercept_": parameter("1"), **_UNUSED},
    {**_ONE, "n_support_vectors": lambda data, params: between(0, data.n_samples)},
)
register("sklearn.SVR", _SVR)
register("sklearn.NuSVR", _SVR)


def _of_one_class(data: DataShape, params: Params) -> int | Bounds:
    """Return the bounds: weights of at most one sum to ``nu`` times the rows."""
    return between(min(floor(params["nu"] * data.n_samples), data.n_samples), data.n_samples)


def _offset(attributes: Attributes, params: Params) -> Any:
    return -attributes["intercept_"]


register(
    "sklearn.OneClassSVM",
    _libsvm(
        {
            "intercept_": parameter("1"),
            "offset_": Rule("derived", derive=_offset),
            **_UNUSED,
        },
        {**_ONE, "n_support_vectors": _of_one_class},
    ),
)
