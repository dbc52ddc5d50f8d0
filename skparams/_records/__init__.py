"""Facts about estimators, as records: counts, sizes, attributes, nodes, totals."""

from skparams._records.chain import chained
from skparams._records.counts import Bounds, Count, add, between, multiply, span
from skparams._records.data_shape import DataShape, NotKnown, Size, Unknown, resolve
from skparams._records.node import (
    ROLES,
    Candidate,
    Component,
    Cost,
    Finding,
    FittedAttribute,
    Hyperparameter,
    KeptPlace,
    Layer,
    Leading,
    Node,
    Outcome,
    Probing,
    RefinedRole,
    Stats,
    Totals,
)

__all__ = [
    "ROLES",
    "Bounds",
    "Candidate",
    "Component",
    "Cost",
    "Count",
    "DataShape",
    "Finding",
    "FittedAttribute",
    "Hyperparameter",
    "KeptPlace",
    "Layer",
    "Leading",
    "Node",
    "NotKnown",
    "Outcome",
    "Probing",
    "RefinedRole",
    "Size",
    "Stats",
    "Totals",
    "Unknown",
    "add",
    "between",
    "chained",
    "multiply",
    "resolve",
    "span",
]
