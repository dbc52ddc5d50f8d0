"""Fitted parameters as methods, for this package's estimators and for anyone's."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, Self, overload

if TYPE_CHECKING:  # methods import what they need: fit needs none of it
    from skparams._plan import Plan
    from skparams._summary import Summary


class ParamsMixin:
    """Methods that show, count and replace what an estimator learned.

    A ``Spec`` decides what counts as a fitted parameter: the one that the class returns from
    ``__skparams__``, or one that is registered for it. Without a Spec it is guessed.

    See Also
    --------
    summary : For any estimator, with or without the mixin.
    skparams.specs.Spec : Describes what a class learns.

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

    def get_fitted_params(self, *, deep: bool = True, structure: bool = False) -> dict[str, Any]:
        """Return what the estimator learned and needs in order to predict.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include nested estimators.
        structure : bool, default=False
            Whether to include what a fresh clone needs beside the parameters: classes, sizes,
            memorized rows, members of an ensemble. Each is the whole attribute that holds it.
            Results for the training rows, diagnostics and training state are left out.

        Returns
        -------
        dict
            By paths such as ``coefs_[0]``. Parameters are the estimator's own arrays, not copies.
            Whole attributes are copies, in which arrays of parameters are the estimator's own
            if they are plain attributes; those of a tree are in a copy of the tree.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        TypeError
            If a part of the structure cannot be copied.
        """
        from skparams._params.fitted import fitted_params
        from skparams._params.structure import structure_of

        params = fitted_params(self, deep=deep)
        return {**params, **structure_of(self, deep)} if structure else params

    def set_fitted_params(self, **params: Any) -> Self:
        """Replace what was learned by copies; after an error nothing is replaced.

        Parameters
        ----------
        **params : array-like
            Paths and values as ``get_fitted_params`` returns them. Arrays must have the shape of
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
            If a part of the structure cannot be copied.
        """
        from skparams._params.structure import put

        put(self, params)
        return self

    @overload
    def count_params(
        self, *, kind: Literal["stored", "free", "nonzero"] = ..., X: Any = ...
    ) -> int | None: ...
    @overload
    def count_params(self, *, kind: Literal["effective"], X: Any = ...) -> float | None: ...
    def count_params(
        self,
        *,
        kind: Literal["stored", "free", "nonzero", "effective"] = "stored",
        X: Any = None,
    ) -> int | float | None:
        """Count the numbers that the estimator learned and needs in order to predict.

        Parameters
        ----------
        kind : {"stored", "free", "nonzero", "effective"}, default="stored"
            The numbers that are stored, those minus their constraints, those that are not zero,
            or the effective degrees of freedom, if they are known.
        X : array-like, default=None
            The training rows, for ``kind="effective"`` only.

        Returns
        -------
        int, float or None
            None if it is not known, as before fit.
        """
        from skparams._params.fitted import count_params

        return count_params(self, kind=kind, X=X)

    def summary(
        self,
        X: Any = None,
        *,
        n_samples: int | None = None,
        depth: int | None = None,
        stats: bool = False,
        coefficients: bool = False,
        ignore: Collection[str] = (),
    ) -> Summary:
        """Return what was chosen and what was learned.

        Parameters
        ----------
        X : array-like, default=None
            The training rows, for the number of parameters a row, for the effective degrees of
            freedom, and for findings that need them.
        n_samples : int, default=None
            The number of training rows, instead of X.
        depth : int, default=None
            Levels of nested estimators to show, all by default.
        stats : bool, default=False
            Whether to compute statistics of the parameters.
        coefficients : bool, default=False
            Whether to show coefficients by the names of their features.
        ignore : collection of str, default=()
            Names or paths of attributes and hyperparameters, and codes of findings, to leave out.

        Returns
        -------
        Summary
            Shown as text by ``print`` and as HTML in notebooks.
        """
        from skparams._summary import summary

        return summary(
            self,
            X,
            n_samples=n_samples,
            depth=depth,
            stats=stats,
            coefficients=coefficients,
            ignore=ignore,
        )

    def plan(
        self,
        X: Any = None,
        y: Any = None,
        *,
        n_samples: int | None = None,
        n_features: int | None = None,
        n_outputs: int | None = None,
        n_classes: int | None = None,
    ) -> Plan:
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
        Plan
            What will be learned, and what it will cost.
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
