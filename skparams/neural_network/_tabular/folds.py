"""The fold of each sample, by which members of an ensemble are trained and validated."""

import numpy as np
from sklearn.utils import check_random_state


def assign_folds(
    codes: np.ndarray | None,
    n_samples: int,
    n_folds: int,
    random_state: int | np.random.RandomState | None,
) -> np.ndarray:
    """Assign each sample to one of `n_folds` folds, stratified by class.

    The samples of a class are shuffled and dealt to the folds in turn, and the next class goes on
    where the last one ended. So sizes of folds differ by at most 1, and so do the numbers of
    samples that folds have of one class. A class with fewer samples than folds is in some of the
    folds only. No fold has all samples of a class, so that every member trains on each class.

    The sample of a class that has only one is in no fold, so that every member trains on it. If
    fewer samples than folds are left, each is a fold of its own. Hence the folds are those from 0
    to ``folds.max()``, none of them is empty, and members share folds: the fold that member i does
    not train on is ``i % (folds.max() + 1)``. If each class has one sample only, there is no fold,
    ``folds.max() + 1`` is 0, and nothing can be held out.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,) or None
        The class of each sample, from 0; None for regression, where samples are only shuffled.
    n_samples : int
        The number of samples, at least `n_folds`.
    n_folds : int
        The number of folds, at least 2.
    random_state : int, RandomState instance or None
        The source of the order in which samples are dealt.

    Returns
    -------
    folds : ndarray of intp of shape (n_samples,)
        The fold of each sample, or -1 if it is in none.

    Examples
    --------
    >>> import numpy as np
    >>> from skparams.neural_network._tabular.folds import assign_folds
    >>> folds = assign_folds(np.array([0, 0, 0, 1, 1, 1, 2]), 7, 3, random_state=0)
    >>> folds
    array([ 2,  1,  0,  0,  2,  1, -1])
    """
    order = check_random_state(random_state).permutation(n_samples)
    if codes is not None:
        order = order[np.argsort(codes[order], kind="stable")]
        order = order[(np.bincount(codes) > 1)[codes[order]]]
    folds = np.full(n_samples, -1, np.intp)
    folds[order] = np.arange(order.size) % n_folds
    return folds
