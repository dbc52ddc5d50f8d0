"""Learned parameters as methods, for this package's estimators and for anyone's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import issparse

if TYPE_CHECKING:  # else imported where it is used: fit needs none of it
    from skparams.inspection._leaf import Leaf
    from skparams.inspection._record import Summary

__all__ = ["ParamsMixin"]


class ParamsMixin:
    """Give an estimator methods that show, count and replace what it learned.

    What counts as a fitted parameter follows from a ``Spec``: the one that the class returns
    from ``__skparams__``, or one registered for it. Without any, it is guessed.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from skparams import ParamsMixin
    >>> from skparams.inspection import Spec, parameter
    >>> class Centerer(ParamsMixin, BaseEstimator):
    ...     def fit(self, X, y=None):
    ...         self.mean_ = np.mean(X, axis=0)
    ...         return self
    ...
    ...     def __skparams__(self):
    ...         return Spec({"mean_": parameter("n_features")})
    >>> centerer = Centerer().fit([[0.0, 1.0], [2.0, 3.0]])
    >>> centerer.get_fitted_params()
    {'mean_': array([1., 2.])}
    >>> centerer.set_fitted_params(mean_=[0.0, 0.0]).mean_
    array([0., 0.])
    >>> centerer.count_params()
    2
    """

    def get_fitted_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arrays that the estimator learned and needs in order to predict.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the estimators in it.

        Returns
        -------
        dict of str to ndarray
            The estimator's own arrays, not copies; keys are paths such as ``coefs_[0]``.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        """
        from skparams.inspection._summary import fitted_params

        return fitted_params(self, deep=deep)

    def set_fitted_params(self, **params: Any) -> Any:
        """Replace learned arrays by copies of others, all of them or none.

        Parameters
        ----------
        **params : array-like
            Paths as ``get_fitted_params`` has them, and arrays of the same shape; they are
            converted to the dtype that is there.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted: arrays alone do not make it so.
        ValueError
            If a path is unknown, a shape differs, or a value cannot be converted.
        """
        from skparams.inspection._specs._values import rebuilt
        from skparams.inspection._summary import fitted_leaves

        leaves = {leaf.path: leaf for leaf in fitted_leaves("set_fitted_params", self, True)}
        unknown = sorted(set(params) - set(leaves))
        if unknown:
            raise ValueError(
                f"set_fitted_params: {type(self).__name__} has no fitted parameter "
                f"{unknown[0]!r}; allowed are {', '.join(leaves)}."
            )
        changes: dict[tuple[int, str], tuple[Any, dict[str, Any]]] = {}
        for path, value in params.items():
            leaf = leaves[path]
            key = (id(leaf.estimator), leaf.attribute)
            changes.setdefault(key, (leaf.estimator, {}))[1][leaf.local] = _fitting(leaf, value)
        for (_, attribute), (estimator, new) in changes.items():
            old = getattr(estimator, attribute)
            setattr(estimator, attribute, rebuilt(attribute, old, new))
        return self

    def count_params(self, kind: Literal["stored", "free", "nonzero"] = "stored") -> int | None:
        """Count the numbers that the estimator learned and needs in order to predict.

        Parameters
        ----------
        kind : {"stored", "free", "nonzero"}, default="stored"
            The numbers that are kept, those minus their constraints, or those that are not zero.

        Returns
        -------
        int or None
            None where it is not known, as before fit.
        """
        from skparams.inspection._summary import count_params

        return count_params(self, kind=kind)

    def summary(
        self, X: Any = None, *, n_samples: int | None = None, depth: int | None = None
    ) -> Summary:
        """Return what was chosen and what was learned.

        Parameters
        ----------
        X : array-like, default=None
            The training rows, for the number of parameters a row.
        n_samples : int, default=None
            The number of training rows, instead of X.
        depth : int, default=None
            Levels of nested estimators to show, all by default.

        Returns
        -------
        Summary
            Shown as text by ``print`` and as HTML in notebooks.
        """
        from skparams.inspection._summary import summary

        return summary(self, X, n_samples=n_samples, depth=depth)


def _fitting(leaf: Leaf, value: Any) -> Any:
    """Return a copy of a value as the array that may stand in a leaf's place."""
    old = leaf.numbers
    if issparse(old) != issparse(value):
        raise ValueError(
            f"set_fitted_params: {leaf.path} must be {'sparse' if issparse(old) else 'dense'} "
            f"as it is now, got {type(value).__name__}."
        )
    new = value.asformat(old.format, copy=True) if issparse(value) else np.array(value)
    if new.shape != old.shape:
        raise ValueError(
            f"set_fitted_params: {leaf.path} must have the shape {old.shape}, got {new.shape}."
        )
    if not np.can_cast(new.dtype, old.dtype, "same_kind"):
        raise ValueError(
            f"set_fitted_params: {leaf.path} must have numbers that fit {old.dtype}, "
            f"got {new.dtype}."
        )
    return new.astype(old.dtype, copy=False)
