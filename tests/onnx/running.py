"""Run graphs in every runtime that is installed, and compare them with the models."""

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator
from sklearn.base import is_classifier, is_regressor

from skparams import to_onnx

try:
    import onnxruntime
except ImportError:
    onnxruntime = None


def _runs(graph):
    """A function from inputs to outputs for each runtime."""
    yield lambda inputs: ReferenceEvaluator(graph).run(None, inputs)
    if onnxruntime is not None:
        session = onnxruntime.InferenceSession(
            graph.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        yield lambda inputs: session.run(None, inputs)


def columns_of(X):
    """What a graph takes: X, or the columns of a frame in their order."""
    if not hasattr(X, "columns"):
        return [X]
    columns = [np.asarray(X[[name]]) for name in X.columns]
    return [x.astype(object) if x.dtype.kind in "TU" else x for x in columns]


def outputs(graph, X):
    """The outputs by their names, of each runtime."""
    names = [output.name for output in graph.graph.output]
    inputs = [each.name for each in graph.graph.input]
    feed = dict(zip(inputs, columns_of(X), strict=True))
    with np.errstate(all="ignore"):
        return [dict(zip(names, call(feed), strict=True)) for call in _runs(graph)]


def scores_of(model, X):
    """What a model predicts, by the name of the graph's output."""
    if is_classifier(model):
        return {"probabilities": np.asarray(model.predict_proba(X))}
    if is_regressor(model):
        scores = {"variable": np.asarray(model.predict(X)).reshape(len(X), -1)}
        if hasattr(model, "quantiles_"):
            scores["quantiles"] = model.predict_quantiles(X)
        return scores
    return {"variable": np.asarray(model.transform(X))}


def worst_error(model, X, batches=(slice(None),), graph=None):
    """The largest difference of any output, as a share of its range with 0, in batches of X.

    Labels must be equal wherever the two best scores differ by more than rounding may change.
    """
    graph = to_onnx(model, X) if graph is None else graph
    onnx.checker.check_model(graph, full_check=True)
    ranges = {name: _range(name, scores) for name, scores in scores_of(model, X).items()}
    single = all(x.dtype.kind != "f" or x.dtype == np.float32 for x in columns_of(X))
    worst = 0.0
    for rows in batches:
        expected = scores_of(model, X[rows])
        for found in outputs(graph, X[rows]):
            for name, scores in expected.items():
                assert found[name].shape == scores.shape
                worst = max(worst, np.abs(found[name] - scores).max() / ranges[name])
            if is_classifier(model):
                _check_labels(model.predict(X[rows]), found, 1e-5 if single else 1e-10)
    return worst


def _range(name, scores):
    if name == "probabilities":
        return 1.0
    scores = scores.astype(np.float64)
    return max(scores.max(), 0) - min(scores.min(), 0)


def _check_labels(expected, found, tolerance):
    scores, labels = found["probabilities"], found["label"]
    expected = expected.astype(np.int64) if expected.dtype.kind in "bf" else expected
    assert labels.shape == expected.shape
    if labels.ndim == 2:
        sure = np.abs(scores - 0.5) > tolerance
    else:
        best = np.sort(scores, axis=1)[:, -2:]
        sure = best[:, -1] - best[:, 0] > tolerance
    assert (labels == expected)[sure].all()
