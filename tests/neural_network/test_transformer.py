"""The network as a transformer: hidden values, gradients in the inputs, names."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import skparams
from skparams import MLPClassifier, MLPRegressor
from skparams.neural_network.activations import ACTIVATIONS
from skparams.neural_network.base import HIDDEN_ACTIVATIONS

GIVEN = {"hidden_layer_sizes": (6, 5, 4), "max_iter": 3, "random_state": 0}
NORMALIZATIONS = [None, "batch", "layer"]
SMOOTH = sorted(HIDDEN_ACTIVATIONS - {"relu", "leaky_relu", "selu"})


@pytest.fixture
def X(rng):
    return rng.standard_normal((30, 3))


def targets(X):
    """A model's class, its arguments and a target for each kind of output."""
    y, counts = X[:, 0] - X[:, 1] ** 2, np.rint(np.exp(X[:, 0]))
    classes = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return {
        "number": (MLPRegressor, {}, y),
        "numbers": (MLPRegressor, {}, np.column_stack([y, counts])),
        "poisson": (MLPRegressor, {"loss": "poisson"}, counts),
        "gamma": (MLPRegressor, {"loss": "gamma"}, counts + 1),
        "huber": (MLPRegressor, {"loss": "huber"}, y),
        "quantiles": (MLPRegressor, {"loss": "quantile", "quantile": [0.9, 0.5, 0.1]}, y),
        "quantile": (MLPRegressor, {"loss": "quantile", "quantile": 0.3}, y),
        "binary": (MLPClassifier, {}, classes > 0),
        "classes": (MLPClassifier, {}, np.array(list("abc"))[classes]),
        "labels": (MLPClassifier, {}, (X > 0).astype(int)),
    }


KINDS = list(targets(np.zeros((3, 3))))


@pytest.fixture
def fitted(X, fit_quietly):
    def fitted(kind="number", **given):
        cls, more, y = targets(X)[kind]
        return fit_quietly(cls(**GIVEN | more | given), X, y)

    return fitted


def outputs(model, X):
    """Predictions of a regressor, all quantiles, or the decision values of a classifier."""
    if hasattr(model, "quantiles_"):
        return model.predict_quantiles(X)
    Z = model._decision_function(X)
    if isinstance(model, MLPRegressor):
        ACTIVATIONS[model.out_activation_].apply(Z)
    return Z


def differences(model, X):
    """Central differences of the outputs in the inputs, of shape (n, n_outputs, n_features)."""
    columns = []
    for j in range(X.shape[1]):
        h = np.zeros(X.shape[1])
        h[j] = 1e-6
        columns.append((outputs(model, X + h) - outputs(model, X - h)) / 2e-6)
    return np.stack(columns, axis=2)


def check_gradients(model, X, rtol=1e-6):
    expected = differences(model, X)
    found = model.saliency(X)
    if expected.shape[1] == 1:
        found = found[:, np.newaxis]
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max())


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_each_kind_of_output(kind, normalization, fitted, X):
    check_gradients(fitted(kind, activation="tanh", normalization=normalization), X)


def far_from_kinks(model, X):
    """Rows none of whose units is within 1e-4 of a kink."""
    A, far = X, np.ones(len(X), dtype=bool)
    for layer in range(3):
        Z = A @ model.coefs_[layer]
        if model.normalization == "batch":
            Z = Z - model.running_means_[layer]
            Z /= np.sqrt(model.running_variances_[layer] + 1e-5)
        elif model.normalization == "layer":
            Z = Z - Z.mean(axis=1, keepdims=True)
            Z /= np.sqrt(Z.var(axis=1, keepdims=True) + 1e-5)
        if model.normalization:
            Z *= model.gains_[layer]
        far &= (np.abs(Z + model.intercepts_[layer]) > 1e-4).all(axis=1)
        A = model.activations(X, layer)
    return X[far]


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("activation", sorted(HIDDEN_ACTIVATIONS))
def test_gradients_of_each_activation(activation, normalization, fitted, X):
    model = fitted("number", activation=activation, normalization=normalization)
    rows = far_from_kinks(model, X)
    assert len(rows) > 20
    check_gradients(model, rows)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("sizes", [(), (1,), (4,), (3, 1, 5)])
def test_gradients_of_other_depths(sizes, normalization, fitted, X):
    model = fitted(
        "classes", hidden_layer_sizes=sizes, activation="silu", normalization=normalization
    )
    check_gradients(model, X)


def test_gradients_of_mixed_activations(fitted, X):
    model = fitted("numbers", activation=["tanh", "gelu", "logistic"], normalization="layer")
    check_gradients(model, X)


def test_a_kink_has_the_derivative_of_its_left_side(fitted):
    for activation, slope in (("relu", 0.0), ("leaky_relu", 0.01)):
        model = fitted(activation=activation, hidden_layer_sizes=1)
        model.coefs_, model.intercepts_ = [np.ones((3, 1)), np.ones((1, 1))], [np.zeros(1)] * 2
        np.testing.assert_array_equal(model.saliency(np.zeros((1, 3))), [[slope] * 3])


@pytest.mark.parametrize("kind", KINDS)
def test_one_output(kind, fitted, X):
    model = fitted(kind)
    found, n = model.saliency(X), model.coefs_[-1].shape[1]
    if n == 1:
        assert found.shape == X.shape
        found = found[:, np.newaxis]
    assert found.shape == (len(X), n, X.shape[1])
    for output in range(-n, n):
        one = model.saliency(X, output=output)
        np.testing.assert_allclose(one, found[:, output], rtol=1e-12, atol=1e-15)
        assert one.shape == X.shape
    np.testing.assert_array_equal(model.saliency(X, np.int8(0)), model.saliency(X, 0))


@pytest.mark.parametrize("make", [sp.csr_array, sp.csc_matrix, sp.coo_array, np.asfortranarray])
def test_sparse_rows(make, fitted, X):
    rows = np.where(X > 0, X, 0)
    for normalization in NORMALIZATIONS:
        model = fitted("classes", normalization=normalization)
        for found, expected in (
            (model.saliency(make(rows)), model.saliency(rows)),
            (model.activations(make(rows)), model.activations(rows)),
            (model.activations(make(rows), 0), model.activations(rows, 0)),
        ):
            assert type(found) is np.ndarray
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["relu", "tanh", "logistic", "identity"])
def test_values_are_scikit_learns_forward_pass(name, X, fit_quietly):
    from sklearn.neural_network import MLPRegressor as Theirs

    theirs = fit_quietly(Theirs(activation=name, **GIVEN), X, X[:, 0])
    ours = fit_quietly(MLPRegressor(activation=name, **GIVEN), X, X[:, 0])
    ours.coefs_, ours.intercepts_ = theirs.coefs_, theirs.intercepts_
    expected = theirs._forward_pass([X] + [None] * 4)
    for layer in range(3):
        np.testing.assert_array_equal(ours.activations(X, layer), expected[layer + 1])
        np.testing.assert_array_equal(ours.activations(X, layer - 3), expected[layer + 1])
    np.testing.assert_array_equal(ours.activations(X), expected[3])


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_the_last_layer_is_what_the_output_layer_reads(normalization, fitted, X):
    model = fitted(normalization=normalization)
    predicted = model.activations(X) @ model.coefs_[-1] + model.intercepts_[-1]
    np.testing.assert_allclose(predicted.ravel(), model.predict(X), rtol=1e-12)


def test_rows_are_not_written(fitted, X):
    before = X.copy()
    model = fitted("quantiles", normalization="layer")
    model.activations(X), model.saliency(X)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("bad", [3, -4, 1.0, "last", None, True, np.array([0]), (0,), np.nan])
def test_layers_that_are_not_there(bad, fitted, X, snapshot):
    model = fitted()
    unchanged = snapshot(model)
    with pytest.raises(ValueError, match=r"MLPRegressor.activations: layer must .* -3 to 2, got"):
        model.activations(X, layer=bad)
    assert unchanged() is None


@pytest.mark.parametrize("bad", [3, -4, 1.0, "a", True, np.array([0]), [0, 1], np.nan])
def test_outputs_that_are_not_there(bad, fitted, X):
    with pytest.raises(ValueError, match=r"MLPClassifier.saliency: output must be .* -3 to 2, got"):
        fitted("classes").saliency(X, output=bad)


def test_a_network_without_hidden_layers(fitted, X):
    model = fitted(hidden_layer_sizes=())
    for call in (lambda: model.activations(X), model.get_feature_names_out):
        with pytest.raises(ValueError, match=r"hidden_layer_sizes=\(\) has no hidden layer"):
            call()
    np.testing.assert_allclose(model.saliency(X), np.tile(model.coefs_[0].T, (len(X), 1)))
    assert "MLPRegressor" in repr(model)
    assert model._repr_html_()


@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_before_fit(cls, X):
    model = cls()
    for call in (
        lambda: model.activations(X),
        lambda: model.saliency(X),
        model.get_feature_names_out,
    ):
        with pytest.raises(NotFittedError):
            call()


def test_other_rows_are_refused(fitted, X):
    model = fitted()
    for method in (model.activations, model.saliency):
        with pytest.raises(ValueError, match="3 features"):
            method(X[:, :2])
        with pytest.raises(ValueError, match="NaN"):
            method(np.full_like(X, np.nan))


def test_names(fitted, X):
    assert list(fitted().get_feature_names_out()) == [f"mlpregressor{i}" for i in range(4)]
    model = fitted("classes")
    names = model.get_feature_names_out()
    assert list(names) == [f"mlpclassifier{i}" for i in range(4)]
    assert len(names) == model.activations(X).shape[1]
    with pytest.raises(ValueError, match="input_features"):
        model.get_feature_names_out(["a"])


def test_names_of_frames(X, fit_quietly):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = fit_quietly(MLPRegressor(**GIVEN), frame, X[:, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        values = model.activations(frame)
        np.testing.assert_array_equal(model.saliency(frame), model.saliency(frame.copy()))
    step = FunctionTransformer(
        model.activations, feature_names_out=lambda step, names: model.get_feature_names_out()
    ).set_output(transform="pandas")
    found = step.fit_transform(frame)
    assert list(found.columns) == [f"mlpregressor{i}" for i in range(4)]
    np.testing.assert_array_equal(found.to_numpy(), values)


def test_hidden_values_in_a_pipeline(fitted, X):
    model = fitted("classes")
    y = targets(X)["classes"][2]
    pipe = make_pipeline(FunctionTransformer(model.activations), LogisticRegression()).fit(X, y)
    expected = LogisticRegression().fit(model.activations(X), y)
    np.testing.assert_array_equal(pipe.predict(X), expected.predict(model.activations(X)))
    assert not hasattr(model, "transform")
    assert skparams.summary(model) is not None
