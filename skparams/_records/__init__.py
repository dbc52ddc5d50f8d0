"""Facts about estimators, as records: counts, sizes, attributes, nodes, totals."""

from skparams._records.blocks import BlockCost, BlockWork
from skparams._records.chain import chained
from skparams._records.coefficients import CoefficientTable, Label
from skparams._records.counts import Bounds, Count, Unknown, add, between, low_high, multiply, span
from skparams._records.data_shape import NO_CLASSES, DataShape, NotKnown
from skparams._records.forms import Affine, Form, HiddenLayer, Network, Projection
from skparams._records.memory import NOT_KNOWN, LargeAttribute, Memory
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
    sum_of,
)
from skparams._records.trees import Trees, depth_of, together

__all__ = [
    "NOT_KNOWN",
    "NO_CLASSES",
    "ROLES",
    "Affine",
    "BlockCost",
    "BlockWork",
    "Bounds",
    "Candidate",
    "CoefficientTable",
    "Component",
    "Cost",
    "Count",
    "DataShape",
    "Finding",
    "FittedAttribute",
    "Form",
    "HiddenLayer",
    "Hyperparameter",
    "KeptPlace",
    "Label",
    "LargeAttribute",
    "Layer",
    "Leading",
    "Memory",
    "Network",
    "Node",
    "NotKnown",
    "Outcome",
    "Probing",
    "Projection",
    "RefinedRole",
    "Stats",
    "Totals",
    "Trees",
    "Unknown",
    "add",
    "between",
    "chained",
    "depth_of",
    "low_high",
    "multiply",
    "span",
    "sum_of",
    "together",
]
