"""Convert a fitted estimator to ONNX."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skparams._escape import clean
from skparams._onnx.inputs import check_X, initial_types
from skparams._walk import Walk, check_estimator

# The oldest operators that all graphs of ours can be made of. Runtimes of 2022 have them.
TARGET_OPSET = {"": 15, "ai.onnx.ml": 3}


def to_onnx(estimator: Any, X: Any, *, target_opset: int | dict[str, int] | None = None) -> Any:
    """Return a fitted estimator as an ONNX graph, which runs without Python.

    Multi-layer perceptrons and PCA of this package become graphs that compute in the order of
    their own `predict` and `transform`: float64 where these do, and means are subtracted before
    products, so that large offsets lose no digits. Graphs of networks for tables have the encoder
    too; for them a text that is no category, such as '', is a missing one. Estimators of
    scikit-learn, alone or in a pipeline with ours, are converted by skl2onnx.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator, or a search, whose best estimator is taken.
    X : array-like of shape (n_samples, n_features)
        An example of the input, of which the first row is used: its dtype becomes that of the
        graph's input `X`. The columns of a DataFrame become one input each, by their names.
    target_opset : int or dict, default=None
        The newest version of ONNX's operators that the graph may have, as in skl2onnx; None is
        15, and 3 for those of "ai.onnx.ml".

    Returns
    -------
    model : onnx.ModelProto
        The graph, for any number of rows. ``model.SerializeToString()`` are its bytes.

        - A classifier has the outputs `label` and `probabilities`, a tensor with a column for each
          class or label. Classes that are False and True are 0 and 1.
        - A regressor has `variable`, with a column for each output, and with the loss 'quantile'
          `quantiles` too, in the order of `quantiles_`.
        - A transformer has `variable`.

        Their numbers are float64 if X is, otherwise float32.

    Raises
    ------
    ImportError
        If onnx or skl2onnx is not installed.
    TypeError
        If ``estimator`` is not an estimator, or X is sparse or of a dtype that no input has.
    NotFittedError
        If the estimator is not fitted.
    ValueError
        If X does not fit the estimator, or if an estimator has no ONNX form: a PCA with
        ``missing='em'``, what skl2onnx cannot convert, and subclasses.

    See Also
    --------
    register_onnx_converters : Let skl2onnx itself convert the estimators of this package.

    Examples
    --------
    >>> import numpy as np
    >>> from onnx.reference import ReferenceEvaluator
    >>> from sklearn.pipeline import make_pipeline
    >>> from skparams import PCA, MLPClassifier, to_onnx
    >>> X = np.random.RandomState(0).standard_normal((100, 5))
    >>> network = MLPClassifier((8,), solver="lbfgs", alpha=1, random_state=0)
    >>> model = make_pipeline(PCA(3), network).fit(X, X[:, 0] > 0)
    >>> graph = to_onnx(model, X)
    >>> label, probabilities = ReferenceEvaluator(graph).run(None, {"X": X})
    >>> bool((label == model.predict(X)).all())
    True
    >>> bool(np.allclose(probabilities, model.predict_proba(X), rtol=0, atol=1e-12))
    True
    """
    check_estimator("to_onnx", estimator)
    register_onnx_converters()
    check_is_fitted(estimator)
    estimator = getattr(estimator, "best_estimator_", estimator)
    row = check_X(estimator, X)
    types = initial_types(row)
    try:
        return _converted(estimator, types, target_opset or TARGET_OPSET)
    except Exception as error:  # skl2onnx's converters raise whatever they meet
        raise _refusal(estimator, error) from error


def register_onnx_converters() -> None:
    """Register the converters of this package's estimators with skl2onnx.

    `to_onnx` does so itself; this is for those who call skl2onnx. Like every classifier, ours then
    have the option `zipmap`, without which skl2onnx returns probabilities as dictionaries.

    Raises
    ------
    ImportError
        If onnx or skl2onnx is not installed.

    See Also
    --------
    to_onnx : Convert an estimator.

    Examples
    --------
    >>> import numpy as np, skl2onnx
    >>> from skparams import PCA, register_onnx_converters
    >>> register_onnx_converters()
    >>> X = np.random.RandomState(0).standard_normal((100, 5))
    >>> graph = skl2onnx.to_onnx(PCA(3).fit(X), X)
    >>> [output.name for output in graph.graph.output]
    ['variable']
    """
    try:
        import onnx  # noqa: F401
        import skl2onnx
    except ImportError as error:
        raise ImportError(
            'Converting to ONNX needs onnx and skl2onnx: pip install "skparams[onnx]"'
        ) from error
    from skparams._onnx import network, pca, tables
    from skparams.decomposition import PCA
    from skparams.neural_network import (
        MLPClassifier,
        MLPRegressor,
        TabularMLPClassifier,
        TabularMLPRegressor,
    )

    register = skl2onnx.update_registered_converter
    register(PCA, "SkparamsPCA", pca.pca_shapes, pca.convert_pca)
    register(
        MLPRegressor,
        "SkparamsMLPRegressor",
        network.regressor_shapes,
        network.convert_regressor,
        parser=network.regressor_outputs,
    )
    register(
        TabularMLPRegressor,
        "SkparamsTabularMLPRegressor",
        network.regressor_shapes,
        tables.convert_table_regressor,
        parser=network.regressor_outputs,
    )
    options = {
        "zipmap": [True, False, "columns"],
        "output_class_labels": [False, True],
        "nocl": [False],
    }
    register(
        MLPClassifier,
        "SkparamsMLPClassifier",
        network.classifier_shapes,
        network.convert_classifier,
        options=options,
    )
    register(
        TabularMLPClassifier,
        "SkparamsTabularMLPClassifier",
        tables.table_classifier_shapes,
        tables.convert_table_classifier,
        options=options,
    )


def _converted(estimator: Any, types: Any, target_opset: Any) -> Any:
    import onnx
    from skl2onnx import convert_sklearn

    from skparams._onnx.preprocessing import CONVERTERS

    estimator = _without_passthrough(estimator)
    model = convert_sklearn(
        estimator,
        name=type(estimator).__name__,
        initial_types=types,
        target_opset=target_opset,
        custom_conversion_functions=CONVERTERS,
        options={id(each): {"zipmap": False} for each in _classifiers(estimator)} or None,
    )
    try:
        onnx.checker.check_model(model, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ValueError(
            "the graph that skl2onnx makes is not valid, as some of its converters are for X in "
            f"float32 only: {error}"
        ) from error
    return model


def _without_passthrough(estimator: Any) -> Any:
    """A pipeline without steps that do nothing, which skl2onnx does not take."""
    if type(estimator) is not Pipeline:
        return estimator
    steps = [step for step in estimator.steps if step[1] not in (None, "passthrough")]
    return Pipeline(steps) if len(steps) < len(estimator.steps) else estimator


def _classifiers(estimator: Any) -> Iterator[Any]:
    """The estimators that may return the graph's probabilities, as dictionaries or a tensor."""
    from skl2onnx import get_model_alias
    from skl2onnx.common._registration import get_converter

    while estimator is not None and is_classifier(estimator):
        with suppress(RuntimeError, ValueError):  # a class without converter is an error later
            allowed = get_converter(get_model_alias(type(estimator))).get_allowed_options()
            if allowed == "passthrough" or "zipmap" in (allowed or ()):
                yield estimator
        is_pipeline = isinstance(estimator, Pipeline)
        inner = estimator.steps[-1][1] if is_pipeline else None
        estimator = getattr(estimator, "best_estimator_", inner)


def _refusal(estimator: Any, error: Exception) -> Exception:
    """An error that names what cannot be converted, and where in the estimator it is."""
    failing = getattr(error, "estimator", None) or _converted_last(error) or estimator
    views = Walk(estimator).views
    path = next((path for path, view in views.items() if view.estimator is failing), "")
    place = f" at {path} of the {type(estimator).__name__}" if path else ""
    reason, *_ = getattr(error, "reason", str(error)).strip().splitlines() or [repr(error)]
    return ValueError(
        f"to_onnx: {type(failing).__name__}{clean(place)} cannot be converted: {clean(reason)}"
    )


def _converted_last(error: Exception) -> Any:
    """The estimator that skl2onnx or one of our converters was at."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        operator = frame.f_locals.get("operator")
        found = getattr(operator, "raw_operator", None) or found
    return found
