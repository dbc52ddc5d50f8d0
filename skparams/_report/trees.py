"""Trees that are no estimators, as boosting has them: how pages name and describe them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from skparams._records import FittedAttribute, Node, Trees, together
from skparams._report.words import number, tree_size

_PRIVATE_TREES = re.compile(r"(^|__)(_predictors|_Booster)$")


def names_on_page(root: Node) -> dict[str, str]:
    """The names on a page of the parameters whose paths lead through private attributes."""
    names = {}
    for node in root.walk():
        start = f"{node.path}__" if node.path else ""
        private = [row for row in node.parameters if row.path.startswith("_", len(start))]
        if not private:
            continue
        groups = boosted(node)
        for row in private:
            own = row.path[len(start) :]
            inside = own.partition(".")[2] or (own.lstrip("_") if groups else own)
            names[row.path] = f"{start}{inside}"
        for i, rows in enumerate(groups):
            place = f"trees[{i}]" if len(groups) > 1 else "trees"
            names |= {row.path: f"{start}{place}.{array_name(row)}" for row in rows}
    return names


def boosted(node: Node) -> list[list[FittedAttribute]]:
    """The arrays of an estimator's own trees, tree by tree, or in one list if not kept apart."""
    groups: dict[int, list[FittedAttribute]] = {}
    single = True
    for row in node.parameters:
        if row.trees:
            groups.setdefault(id(row.trees), []).append(row)
            single = len(groups) == 1 and row.trees.n == 1
    found = list(groups.values())
    if found and single and not found[0][0].path.removeprefix(f"{node.path}__").startswith("_"):
        return []  # the tree of a decision tree
    return found


def public_name(path: str) -> str:
    """The name of an attribute on a page: ``trees`` if it is private and holds them."""
    return _PRIVATE_TREES.sub(r"\1trees", path)


def array_name(row: FittedAttribute) -> str:
    """The name of an array of trees, in the plural: ``values``, ``thresholds``."""
    name = re.findall(r"\w+", row.path)[-1].removeprefix("num_")
    return name if name.endswith("s") else f"{name}s"


def trees_in(nodes: Iterable[Node]) -> Trees | None:
    """The size of the trees in several estimators, None if they have none."""
    return together(row.trees for node in nodes for row in node.parameters if row.trees)


def described(trees: Trees, *more: str) -> str:
    """Text that says how many trees there are, and how large."""
    return ", ".join([f"{number(trees.n)} × tree", *more, tree_size(trees)])
