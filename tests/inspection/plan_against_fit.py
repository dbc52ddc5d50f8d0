"""Hold what plan says against what fit leaves."""

import re

from skparams.inspection import Bounds


def differences(planned, fitted):
    """What a planned summary says that the summary after fit does not bear out, as sentences."""
    return list(_of_nodes(planned.root, fitted.root))


def _of_nodes(planned, fitted):
    where = fitted.path or fitted.name
    if planned.class_name != fitted.class_name and " or " not in planned.class_name:
        yield f"{where}: {planned.class_name} became {fitted.class_name}"
    if planned.n_features not in (None, fitted.n_features) and fitted.n_features is not None:
        yield f"{where}: {planned.n_features} features became {fitted.n_features}"
    for name in ("stored", "free", "bytes"):
        said, is_ = getattr(planned.totals, name), getattr(fitted.totals, name)
        if not _holds(said, is_):
            yield f"{where}: total {name} {said} became {is_}"
        if said is None and not planned.totals.reason:
            yield f"{where}: total {name} is not known, and no reason says why"
    if planned.totals.stored is None:  # what is unknown needs no records
        return
    yield from _of_rows(planned, fitted)
    yield from _of_children(planned, fitted)


def _holds(said, is_):
    """Whether a planned count is what it became; where nothing is said, anything holds."""
    if said is None:
        return True
    if isinstance(said, Bounds):
        return is_ is not None and said.low <= is_ <= said.high
    return type(said) is int and said == is_


def _of_rows(planned, fitted):
    said = {row.path[len(planned.path) :].lstrip("_"): row for row in planned.parameters}
    are = {
        row.path[len(fitted.path) :].lstrip("_"): row
        for row in fitted.parameters
        if row.alias_of is None
    }
    for path, row in said.items():
        many = re.compile(_any_index(path))
        found = [are.pop(key) for key in list(are) if many.fullmatch(key)]
        if len(found) == 1:
            yield from _of_row(row, found[0])
            continue
        for name in ("count", "free", "bytes"):  # none, or all together
            if not _holds(getattr(row, name), sum(getattr(each, name) for each in found)):
                yield f"{row.path}: {name} {getattr(row, name)} became that of {len(found)} arrays"
    for row in are.values():
        if row.count:
            yield f"{row.path}: {row.count} after fit, not planned"


def _any_index(path):
    """The pattern of a path in which […] stands for indices."""
    return r"(\[[^]]*\])+".join(map(re.escape, path.split("[…]")))


def _of_row(said, is_):
    if said.count is None and said.reason is None:
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
    left = {child.path[len(fitted.path) :].lstrip("_"): child for child in fitted.children}
    for child in planned.children:
        path = child.path[len(planned.path) :].lstrip("_")
        many = re.compile(re.escape(path) + r"(\[[^]]*\])*")
        found = [left.pop(key) for key in list(left) if many.fullmatch(key)]
        if not _holds(child.times, len(found)):
            yield f"{child.path}: {child.times} of it became {len(found)}"
        for each in found:
            yield from _of_nodes(child, each)
    for path, child in left.items():
        if child.totals.stored != 0:
            yield f"{fitted.path}__{path}: {child.totals.stored} after fit, not planned"
