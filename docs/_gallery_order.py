"""The order of the examples in the gallery: that of the work, as in the guide."""

NAMES = (
    "pipeline_learned",
    "which_choice_decided",
    "stored_or_learned",
    "special_components",
    "plan_trillion",
    "param_monitor",
    "class_weights",
    "n_components",
    "pca_offset",
    "spectra_outliers",
    "one_standard_error",
    "capacity",
    "memorized_rows",
    "diff_trainings",
    "slim_save_onnx",
    "dask",
)


def place_of(file_name: str) -> int:
    """Return the place of an example, which sphinx-gallery sorts by."""
    return NAMES.index(str(file_name).removeprefix("plot_").removesuffix(".py"))
