"""Graphs of networks compute what the networks predict."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from scipy.special import ndtr

from skparams import MLPClassifier, MLPRegressor, to_onnx
from skparams._onnx import activations
from skparams.neural_network.activations import ACTIVATIONS as FUNCTIONS
from tests.onnx.running import outputs, worst_error
from tests.onnx.settings import ACTIVATIONS, LOSSES, TARGETS, network
from tests.sweep import sweep

pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge

BATCHES = (slice(None), slice(0, 1), slice(3, 5), slice(0, 33))


@pytest.mark.parametrize("seed", sweep(range(300), 20))
def test_any_network(seed):
    model, X = network(seed)
    tolerance = 1e-5 if X.dtype == np.float32 else 1e-10
    assert worst_error(model, X, BATCHES) < tolerance


def test_the_settings_have_every_case():
    models = [network(seed)[0] for seed in range(300)]
    activations = {a for m in models for a in m._hidden_activations(len(m.coefs_) - 1)}
    assert activations == set(ACTIVATIONS)
    assert {m.loss for m in models} == {*LOSSES, "log_loss"}
    kinds = {np.asarray(m.classes_).dtype.kind for m in models if hasattr(m, "classes_")}
    assert kinds == {"i", "b", "U"}
    assert len(TARGETS) == 5
    assert {m.out_activation_ for m in models} == {
        *("identity", "exp", "increasing", "logistic", "softmax")
    }


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_is_right_and_finite_far_from_zero(activation, dtype):
    """The weights are 1, so that the output is the activation."""
    network = MLPRegressor(hidden_layer_sizes=1, activation=activation, max_iter=1)
    far = np.array([-1e30, -1000, -500, -88, -20, -5, -1e-7, 0, 1e-7, 5, 20, 88, 500, 1000, 1e30])
    X = np.concatenate([np.linspace(-12, 12, 4801), far]).astype(dtype)[:, np.newaxis]
    network.fit(np.array([[0.0], [1.0]], dtype), [0.0, 1.0])
    network.intercepts_ = [np.zeros(1, dtype)] * 2
    for weight in (1, np.finfo(dtype).max):  # with the latter, large X become infinite
        network.coefs_ = [np.full((1, 1), weight, dtype), np.ones((1, 1), dtype)]
        with np.errstate(all="ignore"):
            expected = X * dtype(weight)
            FUNCTIONS[activation].apply(expected)
        for found in outputs(to_onnx(network, X), X):
            assert np.isfinite(found["variable"]).all() or weight > 1
            eps = np.finfo(dtype).eps
            np.testing.assert_allclose(found["variable"], expected, rtol=20 * eps, atol=20 * eps)


def test_the_normal_distribution_has_fifteen_digits():
    """gelu in float64 is made of it, as onnxruntime's Erf is for float32 only."""

    class Numbers:
        """A graph that computes at once."""

        dtype = np.dtype(np.float64)
        constant = staticmethod(np.float64)
        functions = {
            **{"Min": np.minimum, "Abs": np.abs, "Exp": np.exp, "Mul": np.multiply},
            **{"Add": np.add, "Sub": np.subtract, "Div": np.divide, "Where": np.where},
            "Greater": np.greater,
        }

        def add(self, op, *arguments):
            return self.functions[op](*arguments)

    Z = np.concatenate([np.linspace(-40, 40, 400_001), [-1e300, 1e300]])
    found = activations._normal_distribution(Numbers(), Z)
    assert np.abs(found - ndtr(Z)).max() < 3e-15
    assert np.abs(np.maximum(Z, -100) * (found - ndtr(Z)))[:-1].max() < 1e-13


def test_outputs_have_the_names_types_and_shapes_that_are_promised(rng):
    X, n = rng.standard_normal((30, 3)), 30
    labels = (X > 0).astype(int)
    cases = [
        (MLPClassifier(), X[:, 0] > 0, {"label": (n,), "probabilities": (n, 2)}),
        (MLPClassifier(), labels, {"label": (n, 3), "probabilities": (n, 3)}),
        (MLPClassifier(), labels[:, :2], {"label": (n, 2), "probabilities": (n, 2)}),
        (MLPClassifier(), np.zeros(n), {"label": (n,), "probabilities": (n, 2)}),
        (MLPRegressor(), X[:, 0], {"variable": (n, 1)}),
        (MLPRegressor(), X[:, :2], {"variable": (n, 2)}),
        (MLPRegressor("quantile"), X[:, 0], {"variable": (n, 1), "quantiles": (n, 1)}),
        (
            MLPRegressor("quantile", quantile=[0.5, 0.9, 0.1]),
            X[:, 0],
            {"variable": (n, 1), "quantiles": (n, 3)},
        ),
    ]
    for model, y, shapes in cases:
        model.set_params(max_iter=2, hidden_layer_sizes=(4,)).fit(X, y)
        for dtype in (np.float32, np.float64):
            graph = to_onnx(model, X.astype(dtype))
            declared = {o.name: o.type.tensor_type for o in graph.graph.output}
            for name, output in declared.items():
                dims = output.shape.dim
                assert not dims[0].HasField("dim_value")
                assert [d.dim_value for d in dims[1:]] == list(shapes[name][1:])
            for found in outputs(graph, X.astype(dtype)):
                assert {name: each.shape for name, each in found.items()} == shapes
                assert found[list(shapes)[-1]].dtype == dtype
        assert worst_error(model, X) < 1e-10


@pytest.mark.parametrize(
    "classes",
    [
        np.array([0, 1]),
        np.array([-3, 2**60], dtype=np.int64),
        np.array([0, 255], dtype=np.uint8),
        np.array([1.0, 2.0, 7.0]),
        np.array([False, True]),
        np.array(["a", "b", "längere"]),
        np.array(["a", "b"], dtype=object),
    ],
    ids=lambda classes: f"{classes.dtype} {len(classes)}",
)
def test_labels_are_the_classes(classes, rng):
    X = rng.standard_normal((60, 2))
    y = classes[np.digitize(X[:, 0], [-0.3, 0.3]) % len(classes)]
    model = MLPClassifier((5,), max_iter=20, random_state=0).fit(X, y)
    for found in outputs(to_onnx(model, X), X):
        expected = model.predict(X)
        assert found["label"].dtype.kind == ("i" if classes.dtype.kind in "biuf" else "O")
        assert found["label"].tolist() == expected.tolist()


def test_moments_of_batches_are_subtracted_and_not_folded_into_the_bias(rng):
    """Folded, the difference of two numbers of 1e5 in float32 is off by about 1e-2."""
    X = (rng.standard_normal((200, 3)) + 1e5).astype(np.float32)
    model = MLPRegressor(
        hidden_layer_sizes=4, normalization="batch", max_iter=50, dtype="float64", random_state=0
    ).fit(X, X[:, 0] - 1e5)
    assert worst_error(model, X, BATCHES) < 1e-6
    graph = to_onnx(model, X)
    assert "Sub" in {node.op_type for node in graph.graph.node}


def test_the_graph_computes_in_the_wider_dtype(rng):
    """float32 X and weights in float64: as predict, in float64, and then rounded once."""
    X = rng.standard_normal((20, 3)).astype(np.float32)
    model = MLPRegressor(hidden_layer_sizes=3, max_iter=3, dtype="float64").fit(X, X[:, 0])
    (reference, *_) = outputs(to_onnx(model, X), X)
    assert (reference["variable"][:, 0] == model.predict(X).astype(np.float32)).all()
    single = MLPRegressor(hidden_layer_sizes=3, max_iter=3).fit(X, X[:, 0])
    constants = {c.data_type for c in to_onnx(single, X).graph.initializer}
    assert constants == {onnx.TensorProto.FLOAT}


@pytest.mark.parametrize("opset", [11, 13, 15, 17, 18, 20, 21])
def test_any_opset(opset, rng):
    X = rng.standard_normal((20, 3))
    for model in (
        MLPClassifier((4,), activation="gelu", normalization="layer", max_iter=3),
        MLPRegressor("quantile", (4,), quantile=[0.1, 0.5], activation="mish", max_iter=3),
    ):
        model.fit(X, X[:, 0] > 0)
        graph = to_onnx(model, X, target_opset=opset)
        versions = {each.domain: each.version for each in graph.opset_import}
        assert versions[""] <= opset
        assert worst_error(model, X, graph=graph) < 1e-10


def test_old_runtimes_load_a_graph(rng):
    X = rng.standard_normal((20, 3))
    graph = to_onnx(MLPClassifier((4,), max_iter=3).fit(X, X[:, 0] > 0), X)
    assert graph.ir_version <= 8
    assert {each.domain: each.version for each in graph.opset_import}[""] <= 15


def test_what_a_user_assigns_is_converted(rng):
    X = rng.standard_normal((20, 3))
    model = MLPRegressor(hidden_layer_sizes=4, max_iter=3).fit(X, X[:, 0])
    model.coefs_ = [np.asfortranarray(coef * 2) for coef in model.coefs_]
    assert worst_error(model, X) < 1e-10


def test_the_model_does_not_change(rng):
    X = rng.standard_normal((20, 3))
    model = MLPClassifier((4,), max_iter=3).fit(X, X[:, 0] > 0)
    before = {name: id(value) for name, value in vars(model).items()}
    graph = to_onnx(model, X)
    assert {name: id(value) for name, value in vars(model).items()} == before
    assert to_onnx(model, X) == graph
    ReferenceEvaluator(graph)
