"""What was chosen and what was learned, for any estimator."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from skparams._records import Count, Node, Unknown
from skparams._summary.coefficients import coefficients as coefficients_in
from skparams._summary.features import with_feature_names
from skparams._summary.finding_texts import TEXTS
from skparams._summary.findings import findings
from skparams._summary.record import Summary
from skparams._summary.refine import refined
from skparams._summary.stats import measure
from skparams._walk import (
    Walk,
    check_columns,
    check_estimator,
    effective,
    ignored_paths,
    known_shape,
    measured_memory,
    n_rows,
    not_read,
)
from skparams.specs import n_rows_known


def summary(
    estimator: Any,
    X: Any = None,
    *,
    n_samples: int | None = None,
    depth: int | None = None,
    stats: bool = False,
    coefficients: bool = False,
    ignore: Collection[str] = (),
) -> Summary:
    """Return what was chosen and what was learned, for an estimator and those in it.

    Parameters
    ----------
    estimator : estimator
        Any, fitted or not. It is only looked at.
    X : array-like, default=None
        The training rows, for the number of parameters a row, for the effective degrees of
        freedom, and for what can be found with them only. Where the estimator knows how many rows
        it was fitted on, that number is used. Of more than 2,000 rows, as many, evenly spaced, are
        looked at for findings. Where no Spec describes a class,
        ``probe``, with at most 100 calls on a copy, finds out which attributes predictions use.
        Of data that is not in memory, such as a Dask array, only the shape is used, and what
        needs its values is unknown.
    n_samples : int, default=None
        The number of training rows, instead of X, or beside it where X does not know it.
    depth : int, default=None
        Levels of nested estimators to show, all by default. It changes no total.
    stats : bool, default=False
        Whether to take statistics of the parameters, and to measure the pickled size of a large
        estimator too.
    coefficients : bool, default=False
        Whether to show the coefficients of linear models and their like by the names of their
        features, the largest first. ``summary(estimator).coefficients()`` returns those of small
        models without it too.
    ignore : collection of str, default=()
        What to leave out of the page and of the findings: names or paths of attributes and of
        hyperparameters, in whatever nested estimator, such as ``"coef_"`` or ``"pca__mean_"``, and
        codes of findings, such as ``"SKP001"``. It changes no total.

    Returns
    -------
    Summary
        Shown as text by ``print`` and as HTML in notebooks.

    Raises
    ------
    TypeError
        If ``estimator`` is not an estimator, or is a class, or ignore is no collection of names.
    ValueError
        If both X and n_samples are given, n_samples or depth is out of range, X has other columns
        than the estimator was fitted on, or an entry of ignore matches nothing.

    See Also
    --------
    plan : Shows what an estimator will learn, before fit.
    explain_finding : Explains a finding.
    count_params : Returns only a count.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> from skparams import summary
    >>> print(summary(LinearRegression().fit([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [1, 2, 3])))
    LinearRegression · fitted · 2 features
    ...
    """
    check_estimator("summary", estimator)
    for name, value, least in (("n_samples", n_samples, 1), ("depth", depth, 0)):
        if value is not None and (not isinstance(value, int | np.integer) or value < least):
            raise ValueError(f"summary: {name} must be an int of at least {least}, got {value!r}.")
    n_given = None if X is None else _n_given(X)
    if n_samples is not None and isinstance(n_given, int):
        raise ValueError(f"summary: give X or n_samples, not both; got n_samples={n_samples}.")
    measured = measure if stats else None
    walk = Walk(estimator, measured)
    ignored = ignored_paths("summary", ignore, _paths(walk.root), TEXTS)
    if not walk.root.fitted:
        root = _without(walk.root, ignored)
        rows = n_given if n_samples is None else n_samples
        return Summary(root, rows, depth, Unknown("not fitted"), n_rows=n_given)
    rows = n_samples
    if n_given is not None and n_samples is None:
        rows = n_rows_known(estimator) or n_given
    unread = not_read("X", X)
    if unread is None:
        degrees = effective("summary", estimator, X)
    else:
        check_columns("summary", estimator, X)
        X, degrees = None, unread
    probed = None if X is None else refined(walk, estimator, X)
    if probed and probed.roles:
        walk = Walk(estimator, measured, {each.path: each.role for each in probed.roles})
    named = coefficients_in(walk, asked=coefficients, ignored=ignored)
    root = _without(with_feature_names(walk.root, walk.fitted), ignored)
    found = findings(walk, root, estimator, X=X, n_samples=rows, effective=degrees)
    return Summary(
        root,
        rows,
        depth,
        degrees,
        findings=tuple(f for f in found if f.code not in ignore and f.path not in ignored),
        probed=probed,
        n_rows=n_given,
        coefficient_tables=getattr(named, "tables", ()) if coefficients else None,
        _coefficients=named,
        _memory=measured_memory(walk, always=stats) or walk.root,
    )


def _n_given(X: Any) -> Count:
    """The number of rows of X, which is not always known of data that is not in memory."""
    return n_rows("summary", X) if not_read("X", X) is None else known_shape("summary", "X", X)[0]


def _paths(root: Node) -> Iterator[str]:
    for node in root.walk():
        if node.path:
            yield node.path
        yield from (row.path for row in node.hyperparameters)
        yield from (row.path for row in node.attributes)
        yield from (row.path for row in node.outcomes)


def _without(node: Node, ignored: set[str]) -> Node:
    """Return a node without what is ignored, and with the totals that it had."""
    if not ignored:
        return node
    return replace(
        node,
        hyperparameters=tuple(row for row in node.hyperparameters if row.path not in ignored),
        outcomes=tuple(row for row in node.outcomes if row.path not in ignored),
        attributes=tuple(row for row in node.attributes if row.path not in ignored),
        children=tuple(_without(n, ignored) for n in node.children if n.path not in ignored),
    )
