"""With scikit-learn 1.7 and 1.8, whose estimators have no callbacks."""

import pytest

from skparams import ParamMonitor


def test_the_error_says_what_is_needed(monkeypatch):
    monkeypatch.setattr("skparams._monitor.callback.HAS_CALLBACKS", False)
    with pytest.raises(ImportError, match=r"ParamMonitor needs scikit-learn 1\.9 .*pip install"):
        ParamMonitor()
