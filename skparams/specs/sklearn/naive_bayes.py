"""Naive Bayes: a distribution of each feature in each class, and the classes' probabilities."""

from __future__ import annotations

from math import prod

from skparams._compat import NAIVE_BAYES_KEEPS_FLOAT32
from skparams._records import Count, DataShape
from skparams.specs import Params, Rule, Spec, parameter, register, row_of


def _simplex(shape: tuple[int, ...], params: Params) -> int:
    """Count all but one probability of each distribution along the last axis: they sum to one."""
    return prod(shape[:-1]) * (shape[-1] - 1)


def _multiply_adds(data: DataShape, params: Params) -> Count:
    return data.n_classes * data.n_features


def _twice(data: DataShape, params: Params) -> Count:
    """Count a difference's division by a scale and its square."""
    return 2 * data.n_classes * data.n_features


register(
    "sklearn.GaussianNB",
    Spec(
        {
            "theta_": parameter("n_classes", "n_features"),
            "var_": parameter("n_classes", "n_features"),
            "class_prior_": parameter(
                "n_classes",
                free=_simplex,
                when=lambda params: params["priors"] is None,
                otherwise="structure",
            ),
            "class_count_": "state",
            "epsilon_": "state",
        },
        decides={"priors": ("class_prior_",), "var_smoothing": ("var_",)},
        cost=row_of(_twice),
        keeps_float32=NAIVE_BAYES_KEEPS_FLOAT32,
    ),
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
            "feature_count_": "state",
            "feature_all_": "state",
            "category_count_": "state",
            "n_categories_": "structure",
        },
        decides={"fit_prior": ("class_log_prior_",), "class_prior": ("class_log_prior_",)},
        cost=row_of(_multiply_adds) if cost else None,
    )


_PRIOR = parameter(
    "n_classes",
    free=_simplex,
    when=lambda params: params["fit_prior"] and params["class_prior"] is None,
    otherwise="structure",
)
register(
    "sklearn.MultinomialNB",
    _counting(parameter("n_classes", "n_features", free=_simplex), _PRIOR),
)
# Its priors serve data of one class only.
register(
    "sklearn.ComplementNB",
    _counting(parameter("n_classes", "n_features", free=_simplex), "auxiliary"),
)
# One probability for each feature and class, of which none need sum to one.
register("sklearn.BernoulliNB", _counting(parameter("n_classes", "n_features"), _PRIOR))
register(
    "sklearn.CategoricalNB",
    _counting(
        Rule(
            "parameter",
            lambda i, n: ("n_classes", f"n_categories[{i}]"),
            free=_simplex,
            length=lambda data, params: data.n_features,
        ),
        _PRIOR,
        class_count="structure",  # predictions ask it how many classes there are
        cost=False,
    ),
)
