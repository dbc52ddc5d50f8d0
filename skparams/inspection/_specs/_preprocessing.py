"""Scalers."""

from skparams.inspection._spec import Spec, parameter, register

register(
    "sklearn.StandardScaler",
    Spec(
        {
            "mean_": parameter("n_features", when="with_mean"),
            "scale_": parameter("n_features", when="with_std"),
            "var_": "derived",
            "n_samples_seen_": "metadata",
        }
    ),
)
