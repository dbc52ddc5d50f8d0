"""Objects in estimators that are no estimators themselves, one file for each family."""

from collections.abc import Mapping
from typing import Any

from skparams._keep.kinds.boosting import BOOSTING
from skparams._keep.kinds.fields import (
    array as array,
    check_range as check_range,
    integer as integer,
)
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

# An array of a long list, so that the list is one table. Its one field has the list's name, as
# another list is another table.
ARRAY = "numpy.ndarray"


def _array(cls: type, fields: Mapping[str, Any]) -> Any:
    (array,) = fields.values()
    return array


_ALL = (
    Kind((ARRAY,), lambda array: {"array": array}, _array),
    *(*PLAIN, *LOSSES, *RANDOM, *TREES, *BOOSTING, *NEIGHBORS),
)
KINDS: dict[str, Kind] = {name: kind for kind in _ALL for name in kind.classes}
