"""scikit-learn's own tests of its MLP, run on our classes in place of its own.

The module that scikit-learn ships is executed once more under another name, while
``sklearn.neural_network`` shows our classes; what it then holds is collected here.
"""

import importlib.util

import pytest
import sklearn.neural_network

from skparams import MLPClassifier, MLPRegressor

numba = pytest.importorskip("numba")

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="minutes long when not compiled"),
    # scikit-learn runs them with warnings shown
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]

# Tests of what scikit-learn keeps private, each with what it needs.
PRIVATE = {
    "test_gradient": "calls _loss_grad_lbfgs; test_mlp.py compares the gradient with differences",
}


def _on_our_classes():
    """The namespace of scikit-learn's test module, executed on our classes."""
    spec = importlib.util.find_spec("sklearn.neural_network.tests.test_mlp")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn.neural_network, "MLPClassifier", MLPClassifier)
        patch.setattr(sklearn.neural_network, "MLPRegressor", MLPRegressor)
        spec.loader.exec_module(module)
    return vars(module)


_suite = _on_our_classes()
_tests = {name: test for name, test in _suite.items() if name.startswith("test_")}
for _name, _reason in PRIVATE.items():
    _tests[_name] = pytest.mark.skip(reason=f"private: {_reason}")(_tests[_name])
globals().update(_tests)


@pytest.fixture
def global_random_seed():
    """The fixture of scikit-learn's conftest."""
    return 42


def test_the_suite_is_run_on_our_classes():
    assert _suite["MLPClassifier"] is MLPClassifier
    assert _suite["MLPRegressor"] is MLPRegressor
    assert sklearn.neural_network.MLPClassifier is not MLPClassifier
    assert len(_tests) > 40
