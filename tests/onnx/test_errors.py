"""What to_onnx refuses, and how."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import skl2onnx
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

from skparams import PCA, MLPClassifier, MLPRegressor, register_onnx_converters, to_onnx

pytestmark = pytest.mark.filterwarnings("ignore")  # few epochs do not converge


@pytest.fixture
def X(rng):
    return rng.standard_normal((40, 3))


@pytest.fixture
def model(X):
    return MLPClassifier((4,), max_iter=3, random_state=0).fit(X, X[:, 0] > 0)


def test_no_estimator(X):
    with pytest.raises(TypeError, match="to_onnx: estimator must have fit"):
        to_onnx(3, X)
    with pytest.raises(TypeError, match="must be an instance, got the class PCA"):
        to_onnx(PCA, X)


@pytest.mark.parametrize(
    "estimator", [PCA(), MLPClassifier(), MLPRegressor(), make_pipeline(PCA(), MLPRegressor())]
)
def test_not_fitted_in_the_words_of_scikit_learn(estimator, X):
    name = type(estimator).__name__
    with pytest.raises(NotFittedError, match=f"This {name} instance is not fitted yet"):
        to_onnx(estimator, X)


def test_a_step_that_is_not_fitted(X, model):
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        to_onnx(make_pipeline(PCA(), model), X)


def test_other_columns(X, model):
    with pytest.raises(ValueError, match="X has 2 features, but MLPClassifier is expecting 3"):
        to_onnx(model, X[:, :2])
    named = pd.DataFrame(X, columns=list("abc"))
    model = PCA(2).fit(named)
    with pytest.raises(ValueError, match="feature names should match"):
        to_onnx(model, named.rename(columns={"a": "z"}))
    assert [each.name for each in to_onnx(model, X).graph.input] == ["X"]


def test_sparse_rows(X):
    model = MLPRegressor(max_iter=3).fit(sp.csr_array(X), X[:, 0])
    with pytest.raises(TypeError, match="X must be dense"):
        to_onnx(model, sp.csr_array(X))
    to_onnx(model, X)


@pytest.mark.parametrize("rows", [np.zeros((0, 3)), [[]][:0]])
def test_no_rows(rows, model):
    with pytest.raises(ValueError, match="X must have at least one row"):
        to_onnx(model, rows)


def test_one_dimension(model):
    with pytest.raises(ValueError, match="X must have two dimensions, got 1"):
        to_onnx(model, np.zeros(3))
    with pytest.raises(TypeError, match="X must be rows"):
        to_onnx(model, 3)


def test_a_list_is_an_example_too(X, model):
    (given,) = to_onnx(model, X.tolist()).graph.input
    assert given.type.tensor_type.elem_type == 11


@pytest.mark.parametrize("dtype", [np.float16, np.int16, np.uint64])
def test_dtypes_that_no_input_has(dtype, X, model):
    with pytest.raises(TypeError, match=f"'X' has the dtype {np.dtype(dtype)}"):
        to_onnx(model, np.abs(X).astype(dtype))


def test_columns_without_a_dtype(X, model):
    with pytest.raises(TypeError, match="'X' has the dtype object"):
        to_onnx(model, X.astype(object))


def test_the_step_without_a_converter_is_named_with_its_place(X):
    y = X[:, 0] > 0
    network = MLPClassifier((4,), max_iter=3)
    steps = make_pipeline(FunctionTransformer(np.sin), network)
    with pytest.raises(ValueError, match="FunctionTransformer at functiontransformer of the Pip"):
        to_onnx(steps.fit(X, y), X)
    columns = ColumnTransformer([("em", PCA(1, missing="em"), [0, 1])], remainder="passthrough")
    with pytest.raises(ValueError, match=r"PCA at columntransformer__em of the Pipeline .*'em'"):
        to_onnx(make_pipeline(columns, network).fit(X, y), X)

    class Mine(MLPClassifier):
        def predict_proba(self, X):
            return super().predict_proba(X)[:, ::-1]

    mine = make_pipeline(StandardScaler(), Mine((4,), max_iter=3)).fit(X, y)
    with pytest.raises(ValueError, match="Mine at mine of the Pipeline cannot be converted"):
        to_onnx(mine, X)


def test_names_of_steps_are_shown_without_control_characters(X):
    from sklearn.pipeline import Pipeline

    model = Pipeline([("a\x1b[31m", PCA(1, missing="em"))]).fit(X)
    with pytest.raises(ValueError, match=r"PCA at a\\x1b\[31m of"):
        to_onnx(model, X)


def test_a_graph_that_is_not_valid_is_not_returned(X):
    """skl2onnx's PolynomialFeatures mixes float32 into graphs in float64."""
    model = make_pipeline(PolynomialFeatures(2), LogisticRegression()).fit(X, X[:, 0] > 0)
    with pytest.raises(ValueError, match="not valid, as some of its converters are for X in floa"):
        to_onnx(model, X)
    to_onnx(model, X.astype(np.float32))


def test_labels_that_onnx_does_not_have(X):
    y = np.array([1, 2**63 + 5], np.uint64)[(X[:, 0] > 0).astype(int)]
    model = MLPClassifier((4,), max_iter=3).fit(X, y)
    with pytest.raises(ValueError, match="class labels must all be text or all be integers"):
        to_onnx(model, X)


def test_an_opset_that_is_too_old(X, model):
    with pytest.raises(ValueError, match="cannot be converted"):
        to_onnx(model, X, target_opset=1)


def test_without_the_packages_the_extra_is_named():
    code = """
import sys
for name in ("onnx", "skl2onnx"):
    sys.modules[name] = None
import skparams
from skparams import PCA, register_onnx_converters, to_onnx
X = [[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]]
model = PCA(1).fit(X)
for call in (register_onnx_converters, lambda: to_onnx(model, X)):
    try:
        call()
    except ImportError as error:
        assert 'pip install "skparams[onnx]"' in str(error)
    else:
        raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_registered_converters_work_in_skl2onnx(X, model):
    register_onnx_converters()
    register_onnx_converters()
    graph = skl2onnx.to_onnx(model, X)
    assert [o.name for o in graph.graph.output] == ["output_label", "output_probability"]
    graph = skl2onnx.to_onnx(model, X, options={"zipmap": False})
    assert [o.name for o in graph.graph.output] == ["label", "probabilities"]
    with pytest.raises(ValueError, match="for option 'nocl'"):
        skl2onnx.to_onnx(model, X, options={"nocl": True, "zipmap": False})
    with pytest.raises(ValueError, match="PCA has no ONNX form: with missing='em'"):
        skl2onnx.to_onnx(PCA(1, missing="em").fit(X), X)
    with pytest.raises(NotFittedError):
        skl2onnx.to_onnx(MLPRegressor(), X)


def test_converters_of_scikit_learn_are_left_as_they_are(X, model):
    """Ours of its scalers are for to_onnx only."""
    to_onnx(make_pipeline(StandardScaler(), model).fit(X, X[:, 0] > 0), X)
    graph = skl2onnx.to_onnx(StandardScaler().fit(X), X.astype(np.float32))
    assert [node.op_type for node in graph.graph.node] == ["Scaler"]
