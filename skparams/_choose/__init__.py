"""Choose by what a model learns."""

from skparams._choose.budget import fit_budget
from skparams._choose.budget_record import Budget, Setting

__all__ = [
    "Budget",
    "Setting",
    "fit_budget",
]
