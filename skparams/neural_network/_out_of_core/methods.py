"""The method `fit_blocks` of classifiers and regressors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from skparams._compat import fit_context
from skparams._lazy import refuse_lazy
from skparams._runtime import unchanged_on_error
from skparams.neural_network._out_of_core.fit import fitting
from skparams.neural_network._out_of_core.lazy import in_memory
from skparams.neural_network._out_of_core.reading import BlockReader


class BlockRegressorMixin:
    """Fits a network to blocks of samples."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @fit_context(prefer_skip_nested_validation=True)
    def fit_blocks(
        self, blocks, *, X_val=None, y_val=None, sample_weight_val=None, resume=None
    ) -> Self:
        """Fit the network to samples that come in blocks, of which two are in memory.

        A first pass over the blocks checks them; then each epoch is a pass. Minibatches are formed
        within blocks, so a block should have many. One block gives what `fit` gives.

        Parameters
        ----------
        blocks : iterable of tuple
            Tuples (X, y) or (X, y, sample_weight), as `fit` takes them. Each pass must give the
            same blocks, so an iterator, as of a generator, is an error; pass a list, or an object
            whose ``__iter__`` starts anew. While one block is trained on, a thread reads the next
            one. With `shuffle`, the rows of each block are shuffled in each epoch, and so are the
            blocks of a sequence, which has ``__len__`` and ``__getitem__``. Blocks without samples
            are left out.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation samples, as in `fit`. Without them, `early_stopping` sets aside the share
            `validation_fraction` of all samples, about the same of each block, by a further pass,
            and keeps these in memory.
        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.
        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.
        resume : str or path-like, default=None
            A file that `Checkpoint` wrote in a fit on the same blocks, as in `fit`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        TypeError
            If ``blocks`` can be read once only.
        ValueError
            If a block is invalid, which the error names, or as `fit`. The estimator is then as it
            was before.

        Examples
        --------
        >>> from sklearn.datasets import make_regression
        >>> from skparams import MLPRegressor
        >>> X, y = make_regression(n_samples=2000, n_features=5, random_state=1)
        >>> blocks = [(X[i : i + 500], y[i : i + 500] / 100) for i in range(0, 2000, 500)]
        >>> regr = MLPRegressor(max_iter=40, tol=0.01, n_iter_no_change=2, random_state=1)
        >>> regr.fit_blocks(blocks).score(X, y / 100) > 0.9
        True
        """
        given_val = tuple(map(in_memory, (X_val, y_val, sample_weight_val)))
        where = f"{type(self).__name__}.fit_blocks"
        with unchanged_on_error(self), BlockReader(where, blocks) as reader:
            return fitting(self, reader, **self._fit_options(given_val, resume))()


class BlockClassifierMixin:
    """Fits a network to blocks of samples, of classes that not every block has."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @fit_context(prefer_skip_nested_validation=True)
    def fit_blocks(
        self, blocks, *, classes=None, X_val=None, y_val=None, sample_weight_val=None, resume=None
    ) -> Self:
        """Fit the network to samples that come in blocks, of which two are in memory.

        A first pass over the blocks checks them; then each epoch is a pass. Minibatches are formed
        within blocks, so a block should have many. One block gives what `fit` gives.

        Parameters
        ----------
        blocks : iterable of tuple
            Tuples (X, y) or (X, y, sample_weight), as `fit` takes them. Each pass must give the
            same blocks, so an iterator, as of a generator, is an error; pass a list, or an object
            whose ``__iter__`` starts anew. While one block is trained on, a thread reads the next
            one. With `shuffle`, the rows of each block are shuffled in each epoch, and so are the
            blocks of a sequence, which has ``__len__`` and ``__getitem__``. Blocks without samples
            are left out.
        classes : array-like of shape (n_classes,), default=None
            All classes. None takes those of the first block with samples; that a later block has
            others is an error. Not used for several labels per sample.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation samples, as in `fit`. Without them, `early_stopping` sets aside the share
            `validation_fraction` of all samples, about the same of each block, by a further pass,
            and keeps these in memory.
        y_val : array-like of shape (n_val,) or (n_val, n_classes), default=None
            Their targets.
        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.
        resume : str or path-like, default=None
            A file that `Checkpoint` wrote in a fit on the same blocks, as in `fit`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        TypeError
            If ``blocks`` can be read once only.
        ValueError
            If a block is invalid, which the error names, or as `fit`. The estimator is then as it
            was before.

        Examples
        --------
        >>> from sklearn.datasets import make_classification
        >>> from skparams import MLPClassifier
        >>> X, y = make_classification(n_samples=2000, random_state=1)
        >>> blocks = [(X[i : i + 500], y[i : i + 500]) for i in range(0, 2000, 500)]
        >>> clf = MLPClassifier(max_iter=20, tol=0.01, n_iter_no_change=2, random_state=1)
        >>> clf.fit_blocks(blocks, classes=[0, 1]).score(X, y) > 0.9
        True
        """
        given_val = tuple(map(in_memory, (X_val, y_val, sample_weight_val)))
        where = f"{type(self).__name__}.fit_blocks"
        refuse_lazy(where, "Only blocks may be too large for memory", classes=classes)
        if classes is not None and (np.ndim(classes) != 1 or not len(classes)):
            raise ValueError(
                f"{where}: classes must be a 1D array with all classes, got the shape "
                f"{np.shape(classes)}."
            )
        with unchanged_on_error(self), BlockReader(where, blocks) as reader:
            options = self._fit_options(given_val, resume)
            return fitting(self, reader, classes=classes, **options)()
