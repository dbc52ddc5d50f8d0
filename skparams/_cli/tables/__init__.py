"""Read a table from a file, and make a model for its columns."""

from skparams._cli.tables.data import (
    Dataset,
    Limits,
    load_images,
    read_csv,
    read_features,
    read_frame,
)
from skparams._cli.tables.model import make_model, prepared

__all__ = [
    "Dataset",
    "Limits",
    "load_images",
    "make_model",
    "prepared",
    "read_csv",
    "read_features",
    "read_frame",
]
