"""Estimators that send columns, or the target, to others."""

from skparams.inspection._spec import Spec, register

register(
    "sklearn.ColumnTransformer",
    Spec(
        {
            "transformers_": "estimator",
            "output_indices_": "structure",
            "sparse_output_": "structure",
            "_columns": "structure",
            "_n_features": "metadata",
            "_name_to_fitted_passthrough": "estimator",
            "_remainder": "structure",
            "_transformer_to_input_indices": "structure",
        }
    ),
)

register("sklearn.FeatureUnion", Spec({"transformer_list": "estimator"}))

register(
    "sklearn.TransformedTargetRegressor",
    Spec(
        {
            "regressor_": "estimator",
            "transformer_": "estimator",
            "_training_dim": "structure",
        }
    ),
)
