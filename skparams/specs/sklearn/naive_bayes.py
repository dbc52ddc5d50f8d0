"""Naive Bayes: a distribution of each feature in each class, and the classes' probabilities."""

from __future__ import annotations

from skparams._records import Count
from skparams.specs import (
    CoefficientTable,
    Context,
    Rule,
    Spec,
    common,
    parameter,
    roles,
    stored_coefficients,
)

SPECS: dict[str, Spec] = {}


def _multiply_adds(ctx: Context) -> Count:
    return ctx.data.n_classes * ctx.data.n_features


def _means(ctx: Context) -> CoefficientTable | None:
    notes = ("theta_ has the mean of each feature in each class",)
    return stored_coefficients(ctx, "theta_", by="range", notes=notes)


def _logarithms(ctx: Context) -> CoefficientTable | None:
    notes = ("feature_log_prob_ has logarithms of probabilities, not weights of a sum",)
    return stored_coefficients(ctx, "feature_log_prob_", by="range", notes=notes)


SPECS["GaussianNB"] = Spec(
    {
        "theta_": parameter("n_classes", "n_features"),
        "var_": parameter("n_classes", "n_features"),
        "class_prior_": parameter(
            "n_classes",
            free=common.simplex,
            when=lambda ctx: ctx.params["priors"] is None,
            otherwise="structure",
        ),
        **roles(state="class_count_ epsilon_"),
    },
    decides={"priors": ("class_prior_",), "var_smoothing": ("var_",)},
    # A difference is divided by a scale, and squared.
    cost=common.predict_cost(lambda ctx: 2 * ctx.data.n_classes * ctx.data.n_features),
    extras={"coefficients": _means},
)


def _counting(
    feature_log_prob: Rule,
    class_log_prior: Rule | str,
    *,
    class_count: str = "state",
    cost: bool = True,
) -> Spec:
    """Return the Spec of a model whose logarithms of probabilities are made from counts."""
    return Spec(
        {
            "feature_log_prob_": feature_log_prob,
            "class_log_prior_": class_log_prior,
            "class_count_": class_count,
            **roles(state="feature_count_ feature_all_ category_count_", structure="n_categories_"),
        },
        decides={"fit_prior": ("class_log_prior_",), "class_prior": ("class_log_prior_",)},
        cost=common.predict_cost(_multiply_adds) if cost else None,
        extras={"coefficients": _logarithms},
    )


_RATES = parameter("n_classes", "n_features", free=common.simplex)
_PRIOR = parameter(
    "n_classes",
    free=common.simplex,
    when=lambda ctx: ctx.params["fit_prior"] and ctx.params["class_prior"] is None,
    otherwise="structure",
)
SPECS["MultinomialNB"] = _counting(
    parameter("n_classes", "n_features", free=common.simplex), _PRIOR
)
# Its priors serve data of one class only.
SPECS["ComplementNB"] = _counting(
    parameter("n_classes", "n_features", free=common.simplex), "auxiliary"
)
# One probability for each feature and class, of which none need sum to one.
SPECS["BernoulliNB"] = _counting(parameter("n_classes", "n_features"), _PRIOR)
SPECS["CategoricalNB"] = _counting(
    Rule(
        "parameter",
        lambda ctx: ("n_classes", f"n_categories[{ctx.index}]"),
        free=common.simplex,
        length=lambda ctx: ctx.data.n_features,
    ),
    _PRIOR,
    class_count="structure",  # predictions ask it how many classes there are
    cost=False,
)
