"""What ``ignore`` leaves out: the one meaning of that argument, for all verbs that have it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from skparams._walk.checks import check_names


def ignored_paths(
    function: str, ignore: Collection[str], paths: Iterable[str], codes: Collection[str] = ()
) -> set[str]:
    """Return the paths that ``ignore`` names, in whatever nested estimator.

    An entry is a name (``"coefs_"``) or a path (``"mlp__coefs_[0]"``) and stands for all that is in
    it, or it is one of ``codes``. Raises ValueError for an entry that matches nothing.
    """
    check_names(function, "ignore", ignore)
    found: set[str] = set()
    paths = list(paths) if ignore else []  # a forest has thousands
    for entry in ignore:
        if entry in codes:
            continue
        pattern = re.compile(rf"(?:^|__){re.escape(entry)}(?=$|__|\[|\.)")
        matches = [path for path in paths if pattern.search(path)]
        if not matches:
            also = f", nor one of the codes {', '.join(codes)}" if codes else ""
            raise ValueError(
                f"{function}: ignore has {entry!r}, which is no name or path of an attribute or a "
                f"hyperparameter of these estimators{also}."
            )
        found.update(matches)
    return found
