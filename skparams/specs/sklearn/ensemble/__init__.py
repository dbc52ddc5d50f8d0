"""Specs of sklearn.ensemble."""

from skparams.specs.sklearn.ensemble.boosting import SPECS as BOOSTING
from skparams.specs.sklearn.ensemble.combined import SPECS as COMBINED
from skparams.specs.sklearn.ensemble.forest import SPECS as FOREST
from skparams.specs.sklearn.ensemble.histogram import SPECS as HISTOGRAM

__all__ = ["SPECS"]

SPECS = BOOSTING | COMBINED | FOREST | HISTOGRAM
