"""Keep what a model learned in a file, and load it again."""

from skparams._keep.errors import ParamsFileError
from skparams._keep.inspect import inspect_params
from skparams._keep.load import load_params
from skparams._keep.save import save_params

__all__ = ["ParamsFileError", "inspect_params", "load_params", "save_params"]
