"""Objects in estimators that are no estimators themselves, one file for each family."""

from skparams._keep.kinds.boosting import BOOSTING
from skparams._keep.kinds.kind import Kind
from skparams._keep.kinds.losses import LOSSES
from skparams._keep.kinds.names import (
    TYPES as TYPES,
    function_called as function_called,
    function_name as function_name,
)
from skparams._keep.kinds.neighbors import NEIGHBORS
from skparams._keep.kinds.plain import PLAIN
from skparams._keep.kinds.random import RANDOM
from skparams._keep.kinds.trees import TREES

_ALL = (*PLAIN, *LOSSES, *RANDOM, *TREES, *BOOSTING, *NEIGHBORS)
KINDS: dict[str, Kind] = {name: kind for kind in _ALL for name in kind.classes}
