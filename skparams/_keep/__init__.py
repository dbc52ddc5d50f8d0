"""Keep what a model learned in a file, and load it again."""

from skparams._keep.checkpoint import Checkpoint, checkpoint_file
from skparams._keep.classes import public_name
from skparams._keep.errors import ParamsFileError
from skparams._keep.inspect import inspect_params
from skparams._keep.load import load_params
from skparams._keep.save import save_params

__all__ = [
    "Checkpoint",
    "ParamsFileError",
    "checkpoint_file",
    "inspect_params",
    "load_params",
    "public_name",
    "save_params",
]
