"""Specs of sklearn.linear_model."""

from skparams.specs.sklearn.linear_model.dense import SPECS as DENSE
from skparams.specs.sklearn.linear_model.online import SPECS as ONLINE
from skparams.specs.sklearn.linear_model.sparse import SPECS as SPARSE

__all__ = ["SPECS"]

SPECS = DENSE | ONLINE | SPARSE
