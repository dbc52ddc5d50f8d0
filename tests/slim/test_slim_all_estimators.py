"""Every estimator of scikit-learn, slimmed: the same predictions, never larger, never changed."""

import pickle

import pytest

from skparams import slim
from skparams._walk import calls_of, results_equal, results_of
from tests.all_estimators import each_estimator, fit, instances

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


@each_estimator
def test_slim(name):
    for estimator in instances(name):
        _, X, _ = fit(estimator)
        before = pickle.dumps(estimator)
        slimmed, report = slim(estimator, return_report=True)
        assert pickle.dumps(estimator) == before
        after = pickle.dumps(slimmed)
        assert len(after) == report.pickled_after <= report.pickled_before == len(before)
        assert report.memory_after <= report.memory_before
        assert not report.guessed
        assert type(slimmed) is type(estimator)
        calls = calls_of(estimator)
        outputs = results_of(estimator, X, calls)
        others = results_of(pickle.loads(after), X, calls)
        for call, output in outputs.items():
            assert results_equal(output, others[call]), call
