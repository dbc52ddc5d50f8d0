"""What must hold for a fitted estimator and its Spec, whatever the family."""

import numpy as np
from scipy.sparse import issparse
from sklearn.base import is_classifier

from skparams import summary
from skparams._records import Totals, add, multiply
from skparams.specs import (
    COMMON,
    Bounds,
    Context,
    DataShape,
    Unknown,
    attributes_of,
    dims_of,
    resolve,
    spec_of,
)


def check(estimator, X, y=None):
    """Check roles, dims, sizes, counts, dtypes and columns out; return what was not known."""
    check_roles(estimator)
    check_dtype(estimator, X)
    check_columns_out(estimator, X, y)
    return check_sizes(estimator, X, y)


def check_roles(estimator):
    """Check that the Spec names every attribute that fit left."""
    known = {*spec_of(estimator).rules, *COMMON, *estimator.get_params(deep=False)}
    assert not sorted(set(attributes_of(estimator)) - known)


def check_free_within_stored(estimator):
    """Check that of each attribute, and of each estimator, no more is free than is stored."""
    for node in summary(estimator).root.walk():
        for one in (node.totals, *(Totals(r.count, r.free, 0) for r in node.parameters)):
            if not isinstance(one.stored, Unknown) and not isinstance(one.free, Unknown):
                assert 0 <= one.free <= one.stored, (node.path, one)


def check_sizes(estimator, X, y=None):
    """Check that the sizes before fit are those of the arrays, and so are the counts.

    Returns the names of the dims that are not known before fit.
    """
    spec, params, data = spec_of(estimator), estimator.get_params(deep=False), shape_of(X, y)
    if not is_classifier(estimator):
        data = DataShape(data.rows, data.columns, data.targets, dtype=data.dtype)
    ctx = Context(params, data)
    sizes = spec.sizes(ctx) if callable(spec.sizes) else spec.sizes
    unknown = set()

    def size(dim):
        found = resolve(dim, sizes, ctx)
        if isinstance(found, Unknown):
            unknown.add(dim)
        return found

    root = summary(estimator).root
    for row in root.parameters:
        dims = _all_dims(spec, row)
        assert dims is not None, row
        missing = len(dims) - len(row.shape)
        for dim, length in zip(dims, (1,) * missing + row.shape, strict=True):
            assert _fits(size(dim), length), (row.path, dim, size(dim), length)

    stored = []
    for name, rule in spec.rules.items():
        if rule.role != "parameter" or not rule.holds(ctx):
            continue
        if rule.before:
            parts = [part for part in rule.before(ctx) if part.role == "parameter"]
            stored += [
                multiply(*map(size, part.dims)) if part.count is None else part.count
                for part in parts
            ]
        elif rule.length:
            n = rule.length(ctx)
            stored += [multiply(*map(size, dims_of(rule, ctx, i, n))) for i in range(n)]
        else:
            shape = tuple(map(size, dims_of(rule, ctx)))
            stored.append(multiply(*shape))
            check_free(rule, shape, params, [row for row in root.parameters if row.path == name])
    own = [row.count for row in root.parameters if row.alias_of is None]
    assert _fits(add(stored), add(own)), (stored, own)
    return unknown


def check_free(rule, shape, params, rows):
    """Check that a free count is the same from the sizes before fit and from the array."""
    if callable(rule.free) and all(isinstance(length, int) for length in shape):
        free = rule.free(Context(params, shape=shape))
        if isinstance(free, int):
            assert free == sum(row.free for row in rows)


def check_dtype(estimator, X):
    """Check that the parameters have the dtype that the Spec promises."""
    if getattr(X, "dtype", None) == np.float32 and spec_of(estimator).float32:
        assert {row.dtype for row in summary(estimator).root.parameters} == {"float32"}


def check_columns_out(estimator, X, y=None):
    """Check that a transformer returns as many columns as its Spec says."""
    spec, ctx = spec_of(estimator), Context(estimator.get_params(deep=False), shape_of(X, y))
    assert (spec.columns_out is not None) == hasattr(estimator, "transform")
    if spec.columns_out is not None:
        sizes = spec.sizes(ctx) if callable(spec.sizes) else spec.sizes
        columns = resolve(spec.columns_out, sizes, ctx)
        assert isinstance(columns, Unknown) or _fits(columns, estimator.transform(X).shape[1])


def shape_of(X, y=None):
    """The shape of training data; a y of several columns has targets, and no one set of classes."""
    rows, columns = X.shape if np.ndim(X) == 2 or issparse(X) else (X.shape[0], 1)
    known = {}
    if y is not None:
        known["targets"] = 1 if np.ndim(y) == 1 else y.shape[1]
        if np.ndim(y) == 1:
            known["classes"] = len(np.unique(y))
    return DataShape(rows, columns, **known, dtype=str(X.dtype))


def _all_dims(spec, row):
    """The dims of a row's rule: leading ones are left out where an array has fewer axes."""
    rule = spec.rules.get(row.path)
    return rule.dims if rule and isinstance(rule.dims, tuple) else row.dims


def _fits(size, length):
    """Say whether a size or count before fit holds."""
    if isinstance(size, Unknown) or isinstance(length, Unknown):
        return True
    return size.low <= length <= size.high if isinstance(size, Bounds) else size == length
