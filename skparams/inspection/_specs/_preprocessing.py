"""Scalers, imputers and encoders."""

from skparams.inspection._spec import Spec, parameter, register

register(
    "sklearn.StandardScaler",
    Spec(
        {
            "mean_": parameter("n_features", when="with_mean"),
            "scale_": parameter("n_features", when="with_std"),
            "var_": "derived",
            "n_samples_seen_": "metadata",
        },
        n_features_out="n_features",
        passes_float32=True,
    ),
)

register(
    "sklearn.SimpleImputer",
    Spec(
        {
            "statistics_": parameter("n_features"),
            "indicator_": "estimator",
            "_fit_dtype": "structure",
            "_fill_dtype": "structure",
        }
    ),
)

register(
    "sklearn.OneHotEncoder",
    Spec(
        {
            "categories_": "structure",
            "drop_idx_": "structure",
            "_drop_idx_after_grouping": "structure",
            "_n_features_outs": "structure",
            "_infrequent_indices": "structure",
            "_default_to_infrequent_mappings": "structure",
        }
    ),
)
