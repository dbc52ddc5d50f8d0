"""Choose among settings by what they learn."""

from skparams._choose.budget import fit_budget
from skparams._choose.budget_record import Budget, Setting
from skparams._choose.display import ParetoDisplay
from skparams._choose.fewest import fewest_params
from skparams._choose.frame import params_frame
from skparams._choose.scorers import model_bytes_scorer, n_params_scorer

__all__ = [
    "Budget",
    "ParetoDisplay",
    "Setting",
    "fewest_params",
    "fit_budget",
    "model_bytes_scorer",
    "n_params_scorer",
    "params_frame",
]
