"""Specs of sklearn.decomposition."""

from skparams.specs.sklearn.decomposition.dictionary import SPECS as DICTIONARY
from skparams.specs.sklearn.decomposition.factors import SPECS as FACTORS
from skparams.specs.sklearn.decomposition.principal import SPECS as PRINCIPAL

__all__ = ["SPECS"]

SPECS = DICTIONARY | FACTORS | PRINCIPAL
