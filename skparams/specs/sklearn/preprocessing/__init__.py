"""Specs of sklearn.preprocessing."""

from skparams.specs.sklearn.preprocessing.encoders import SPECS as ENCODERS
from skparams.specs.sklearn.preprocessing.expansion import SPECS as EXPANSION
from skparams.specs.sklearn.preprocessing.scalers import SPECS as SCALERS

__all__ = ["SPECS"]

SPECS = ENCODERS | EXPANSION | SCALERS
