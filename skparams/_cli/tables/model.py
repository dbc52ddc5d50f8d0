"""The model of a table: an estimator behind what prepares the columns for it."""

from typing import Any

from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skparams._cli.tables.data import Dataset


def make_model(data: Dataset, estimator, name: str = "mlp") -> Any:
    """Put an estimator, as the named step, behind a scaler or a preparation of mixed columns."""
    if not (data.numeric or data.categorical):
        return Pipeline([("scaler", StandardScaler()), (name, estimator)])
    pipeline = Pipeline([("columns", _prepare_columns(data)), (name, estimator)])
    if data.classes is None:
        return TransformedTargetRegressor(pipeline, transformer=StandardScaler())
    return pipeline


def prepared(data: Dataset) -> Any:
    """The features of a table as the estimator gets them."""
    return _prepare_columns(data).fit_transform(data.X)


def _prepare_columns(data: Dataset) -> ColumnTransformer:
    """Fill gaps, scale the numeric columns, encode the categorical ones, and keep the names."""
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=20,
        sparse_output=False,
        feature_name_combiner=feature_name,
    )
    numeric = SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    categorical = SimpleImputer(strategy="constant", fill_value="missing"), encoder
    encoded = {feature_name(name, v) for name in data.categorical for v in data.X[name].unique()}
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*numeric), data.numeric),
            ("categories", make_pipeline(*categorical), data.categorical),
        ],
        verbose_feature_names_out=not encoded.isdisjoint(data.numeric),
    ).set_output(transform="pandas")


def feature_name(column: str, category: object) -> str:
    """Name the feature that is 1 where a column has a category."""
    return f"{column}={category}"
