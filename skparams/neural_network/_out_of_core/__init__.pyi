from .fit import fitting
from .lazy import in_memory, lazy_reader, lazy_score
from .methods import BlockClassifierMixin, BlockRegressorMixin
from .reading import BlockReader

__all__ = [
    "BlockClassifierMixin",
    "BlockReader",
    "BlockRegressorMixin",
    "fitting",
    "in_memory",
    "lazy_reader",
    "lazy_score",
]
