"""Hold what plan says against what fit leaves."""

import re

from skparams.specs import Bounds, Unknown


def differences(planned, fitted):
    """What a planned summary says that the summary after fit does not bear out, as sentences."""
    return list(_of_nodes(planned.root, fitted.root))


def _of_nodes(planned, fitted):
    where = fitted.path or fitted.name
    if planned.n_features not in (None, fitted.n_features) and fitted.n_features is not None:
        yield f"{where}: {planned.n_features} features became {fitted.n_features}"
    for name in ("stored", "free", "bytes"):
        said, is_ = getattr(planned.totals, name), getattr(fitted.totals, name)
        if not _holds(said, is_):
            yield f"{where}: total {name} {said} became {is_}"
        if isinstance(said, Unknown) and not said.reason:
            yield f"{where}: total {name} is not known, and no reason says why"
    if isinstance(planned.totals.stored, Unknown):  # what is unknown needs no records
        return
    for one, other in zip(planned.layers, fitted.layers, strict=False):
        if (one.neurons, one.inputs, one.biases) != (other.neurons, other.inputs, other.biases):
            yield f"{where}: {one} became {other}"
    if planned.layers and len(planned.layers) != len(fitted.layers):
        yield f"{where}: {len(planned.layers)} layers became {len(fitted.layers)}"
    yield from _of_rows(planned, fitted)
    yield from _of_children(planned, fitted)


def _holds(said, is_):
    """Whether a planned count is what it became; where nothing is said, anything holds."""
    if isinstance(said, Unknown):
        return True
    if isinstance(said, Bounds):
        return isinstance(is_, int) and said.low <= is_ <= said.high
    return type(said) is int and said == is_


def _of_rows(planned, fitted):
    are = [row for row in fitted.parameters if row.alias_of is None]
    for row in planned.parameters:
        path = row.path[len(planned.path) :]
        found = [each for each in are if _is_at(path, each.path[len(fitted.path) :])]
        if len(found) == 1:
            yield from _of_row(row, found[0])
        else:  # none, several, or an object's, which has a record of its own after fit
            objects = [each.totals for each in _below(fitted, path)]
            for name, total in (("count", "stored"), ("free", "free"), ("bytes", "bytes")):
                sum_ = sum(getattr(each, name) for each in found)
                sum_ += sum(getattr(each, total) for each in objects)
                if not _holds(getattr(row, name), sum_):
                    yield f"{row.path}: {name} {getattr(row, name)} became {sum_}"
        are = [each for each in are if each not in found]
    for row in are:
        if row.count:
            yield f"{row.path}: {row.count} after fit, not planned"


def _is_at(planned, fitted):
    """Whether a path is one that is planned: […] and the end stand for any indices."""
    index = r"(\[[^]]*\])*"
    return re.fullmatch(index.join(map(re.escape, planned.split("[…]"))) + index, fitted)


def _below(fitted, path):
    """The nodes at a planned path."""
    nodes = list(fitted.walk())[1:]
    return [node for node in nodes if _is_at(path, node.path[len(fitted.path) :])]


def _of_row(said, is_):
    if isinstance(said.count, Unknown) and not said.count.reason:
        yield f"{is_.path}: not known, and no reason says why"
    for name in ("count", "free", "bytes"):
        if not _holds(getattr(said, name), getattr(is_, name)):
            yield f"{is_.path}: {name} {getattr(said, name)} became {getattr(is_, name)}"
    if said.dtype is not None and said.dtype != is_.dtype:
        yield f"{is_.path}: {said.dtype} became {is_.dtype}"
    if said.shape is None:
        return
    # An array of one target has fewer axes than one of several: first or last ones are missing.
    missing = len(said.shape) - len(is_.shape)
    kept = slice(missing, None)
    if any(axis != 1 for axis in said.shape[:missing]):
        kept = slice(None, len(is_.shape))
        if any(axis != 1 for axis in said.shape[len(is_.shape) :]):
            yield f"{is_.path}: shape {said.shape} became {is_.shape}"
            return
    if not all(map(_holds, said.shape[kept], is_.shape)):
        yield f"{is_.path}: shape {said.shape} became {is_.shape}"
    if said.dims is not None and said.dims[kept] != is_.dims:
        yield f"{is_.path}: dims {said.dims} became {is_.dims}"


def _of_children(planned, fitted):
    met = []
    for child in planned.children:
        found = [
            node
            for node in _below(fitted, child.path[len(planned.path) :])
            if node.class_name in child.class_name.split(" or ")
        ]
        if not _holds(child.times, len(found)):
            yield f"{child.path}: {child.times} of it became {len(found)}"
        for each in found:
            yield from _of_nodes(child, each)
        met += [each.path for each in found]
    met += [
        node.path
        for row in planned.parameters
        for node in _below(fitted, row.path[len(planned.path) :])
    ]
    for child in fitted.children:
        inside = sum(node.totals.stored for node in child.walk() if node.path in met)
        if child.totals.stored != inside and child.path not in met:
            yield f"{child.path}: {child.totals.stored} after fit, not planned"
