"""Long lists of cases, of which a few always run and all run with ``pytest -m exhaustive``."""

import pytest


def sweep(values, keep):
    """Mark all values as exhaustive but the first ``keep``, or but those in ``keep``."""
    values = list(values)
    kept = values[:keep] if isinstance(keep, int) else keep
    return [v if v in kept else pytest.param(v, marks=pytest.mark.exhaustive) for v in values]
