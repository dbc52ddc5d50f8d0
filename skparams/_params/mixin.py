"""Learned parameters as methods, for this package's estimators and for anyone's."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # else imported where it is used: fit needs none of it
    from skparams._summary import Summary

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
    >>> from skparams.specs import Spec, parameter
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

    def get_fitted_params(self, deep: bool = True, structure: bool = False) -> dict[str, Any]:
        """Return what the estimator learned and needs in order to predict.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the estimators in it.
        structure : bool, default=False
            Whether to include what a fresh clone needs beside the parameters: classes, sizes,
            memorised rows, members of an ensemble, each as the whole attribute that holds it.
            Results for the training rows, diagnostics and training state are left out.

        Returns
        -------
        dict
            By paths such as ``coefs_[0]``. Parameters are the estimator's own arrays, not copies.
            Whole attributes are copies, in which arrays of parameters are the estimator's own
            where they are plain attributes; those of a tree are in a copy of the tree.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If something of the structure cannot be copied.
        """
        from skparams._params.restore import structure_of
        from skparams._summary import fitted_params

        params = fitted_params(self, deep=deep)
        return {**params, **structure_of(self, deep)} if structure else params

    def set_fitted_params(self, **params: Any) -> Any:
        """Replace what was learned by copies, all of it or nothing.

        Parameters
        ----------
        **params : array-like
            Paths and values as ``get_fitted_params`` has them. Arrays must have the shape of
            those that they replace and are converted to their dtype. An unfitted estimator
            needs ``get_fitted_params(structure=True)`` of one with the same hyperparameters.

        Returns
        -------
        self
            The estimator.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted, and the structure that it needs is not given.
        ValueError
            If a path is unknown, a shape differs, or a value cannot be converted.
        TypeError
            If something of the structure cannot be copied.
        """
        from skparams._params.restore import put

        put(self, params)
        return self

    def count_params(
        self,
        kind: Literal["stored", "free", "nonzero", "effective"] = "stored",
        X: Any = None,
    ) -> int | float | None:
        """Count the numbers that the estimator learned and needs in order to predict.

        Parameters
        ----------
        kind : {"stored", "free", "nonzero", "effective"}, default="stored"
            The numbers that are kept, those minus their constraints, those that are not zero, or
            the effective number, where there is one.
        X : array-like, default=None
            The training rows, for the effective number only.

        Returns
        -------
        int, float or None
            None where it is not known, as before fit.
        """
        from skparams._summary import count_params

        return count_params(self, kind=kind, X=X)

    def summary(
        self,
        X: Any = None,
        *,
        n_samples: int | None = None,
        depth: int | None = None,
        stats: bool = False,
        ignore: Collection[str] = (),
    ) -> Summary:
        """Return what was chosen and what was learned.

        Parameters
        ----------
        X : array-like, default=None
            The training rows, for the number of parameters a row, for the effective number of
            parameters, and for what can be found with them only.
        n_samples : int, default=None
            The number of training rows, instead of X.
        depth : int, default=None
            Levels of nested estimators to show, all by default.
        stats : bool, default=False
            Whether to take statistics of the parameters.
        ignore : collection of str, default=()
            Codes of findings to leave out, such as ``("SKP001",)``.

        Returns
        -------
        Summary
            Shown as text by ``print`` and as HTML in notebooks.
        """
        from skparams._summary import summary

        return summary(self, X, n_samples=n_samples, depth=depth, stats=stats, ignore=ignore)

    def plan(
        self,
        X: Any = None,
        y: Any = None,
        *,
        n_samples: int | None = None,
        n_features: int | None = None,
        n_outputs: int | None = None,
        n_classes: int | None = None,
    ) -> Summary:
        """Return what the estimator will learn, without fitting it.

        Parameters
        ----------
        X, y : array-like, default=None
            The training data. Only their shapes, the dtype and the named columns of X, and for
            classifiers the number of classes in y are used.
        n_samples : int, default=None
            The number of training rows, instead of X or y.
        n_features : int, default=None
            The number of columns of X, instead of X.
        n_outputs : int, default=None
            The number of columns of y, instead of y. 1 by default.
        n_classes : int, default=None
            The number of classes in y, instead of y.

        Returns
        -------
        Summary
            Of what will be learned, and of what it will cost.
        """
        from skparams._plan import plan

        return plan(
            self,
            X,
            y,
            n_samples=n_samples,
            n_features=n_features,
            n_outputs=n_outputs,
            n_classes=n_classes,
        )
