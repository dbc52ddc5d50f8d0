from .encoder import TableEncoder
from .numbers import MAX_SCALED
from .spec import drops_rows, encoded

__all__ = ["MAX_SCALED", "TableEncoder", "drops_rows", "encoded"]
