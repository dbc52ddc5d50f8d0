"""The verb ``explain``, which imports what it needs when it is called."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skparams.decomposition._explain.explanation import Explanation


def explain(
    estimator: Any, X: Any = None, *, step: str | None = None, as_frame: bool | None = None
) -> "Explanation":
    """Explain a fitted PCA, also one inside a pipeline, by features and by rows.

    The PCA is looked for in pipelines, column transformers, feature unions, and in what a search,
    an ensemble or another meta-estimator fitted. Rows pass the steps before it, and their names
    pass these by ``get_feature_names_out``.

    Parameters
    ----------
    estimator : estimator
        Fitted: a `PCA` or `RotatedPCA`, or an estimator such as a Pipeline, ColumnTransformer,
        FeatureUnion or search that has one inside it.
    X : {array-like, sparse matrix} of shape (n_samples, n_features), default=None
        Rows, as the estimator takes them, usually the training rows. Tables of features do not
        need them; methods of rows use them by default.
    step : str, default=None
        Which PCA, if there are several: its path, such as ``'preprocess__pca'`` or
        ``'estimators_[0]__pca'`` in an ensemble, or the end of one.
    as_frame : bool, default=None
        Whether tables are pandas objects; by default if the features have names and pandas is
        installed.

    Returns
    -------
    explanation : Explanation
        Tables of features (``loadings``, ``correlations``, ``contributions``, ``communalities``,
        ``explained_by(feature)``) and of rows (``coordinates()``, ``row_contributions()``,
        ``cos2()``, ``hotelling_t2()``, ``spe()``, ``row_tables()``), ``limits()``,
        ``outliers()``, ``supplementary_features(Y)``, ``supplementary_categories(Y)``,
        ``bootstrap()`` and ``rotate()``. The displays draw it.

    Raises
    ------
    ValueError
        If there is no PCA, several and no step, or none at that step; or X has other features;
        or the estimator keeps no fitted PCA, or rows cannot be followed to it.
    TypeError
        If there are only PCAs of scikit-learn, which do not keep what the tables need.
    NotFittedError
        If the PCA, or the estimator that holds it, is not fitted.

    See Also
    --------
    summary : What any estimator learned.
    BiplotDisplay : Draws rows and features; see also the other displays.

    Notes
    -----
    If a step before the PCA has no names for its output, as a FunctionTransformer without
    ``feature_names_out``, features are named x0, x1, … from there on.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skparams import PCA, explain
    >>> X = load_wine(as_frame=True).data
    >>> pipeline = make_pipeline(StandardScaler(), PCA(3)).fit(X)
    >>> explain(pipeline, X)
    PCA at pca: 3 components of 13 features explain 67 % of the variance; 178 rows
    pca0  36.2 %  flavanoids 0.42, total_phenols 0.39, od280/od315_of_diluted_wines 0.38
    pca1  19.2 %  color_intensity 0.53, alcohol 0.48, proline 0.36
    pca2  11.1 %  ash 0.63, alcalinity_of_ash 0.61, alcohol -0.21
    >>> explain(pipeline, X).outliers(alpha=0.005).labels
    array([121,  59,  95,  69, 110])
    """
    from skparams.decomposition._explain.find import explanation_of

    return explanation_of(estimator, X, step, as_frame)
