"""hmmlearn: a Markov chain of states, and what each state puts out."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from skparams._records import Count, Unknown
from skparams.specs import Context, Rule, Spec, common, convergence, parameter, roles

SPECS: dict[str, Spec] = {}


def _named_in(letter: str, *names: str) -> Callable[[Context], bool]:
    """Whether one of these hyperparameters names what fit estimates by its letter."""
    return lambda ctx: any(letter in ctx.params[name] for name in names)


def _from_rows(letter: str) -> Callable[[Context], bool]:
    """Whether fit estimates a parameter, or takes its first values from the rows."""
    return _named_in(letter, "params", "init_params")


def _simplex(letter: str, *dims: str) -> Rule:
    when = _named_in(letter, "params")
    return parameter(*dims, free=common.simplex, when=when, otherwise="structure")


def _measured(letter: str, *dims: str) -> Rule:
    return parameter(*dims, when=_from_rows(letter), otherwise="structure")


def _covariances(*one: str, repeated: bool = False) -> Rule:
    """Return the rule of covariances, of which there is one for each of ``one``.

    A full or tied matrix is symmetric. A spherical one may be ``repeated`` for each feature.
    """

    def dims(ctx: Context) -> tuple[str, ...]:
        p = "n_features"
        kind = ctx.params["covariance_type"]
        of_sphere = (p,) * repeated
        rest = {"spherical": of_sphere, "diag": (p,), "full": (p, p), "tied": (p, p)}[kind]
        return (*(one[:-1] if kind == "tied" else one), *rest)

    def free(ctx: Context) -> int:
        kind = ctx.params["covariance_type"]
        if kind in ("full", "tied"):
            *several, p, _ = ctx.shape
            return prod(several) * p * (p + 1) // 2
        return prod(ctx.shape[:-1] if kind == "spherical" and repeated else ctx.shape)

    return Rule("parameter", dims, free, _from_rows("c"), otherwise="structure")


def _limit_reached(ctx: Context) -> str | None:
    monitor = ctx.values.get("monitor_")
    if monitor is None or monitor.iter < monitor.n_iter:
        return None
    gain = monitor.history[-1] - monitor.history[-2] if len(monitor.history) > 1 else None
    if gain is not None and gain < monitor.tol:
        return None
    return convergence.at_limit(1, 1, monitor.n_iter, "n_iter")


def _hmm(name: str, n_features: Callable[[Context], Count] | None = None, **rules: Rule) -> None:
    SPECS[f"hmm.{name}"] = Spec(
        {
            "startprob_": _simplex("s", "n_components"),
            "transmat_": _simplex("t", "n_components", "n_components"),
            **rules,
            **roles(diagnostic="monitor_", metadata="n_features"),
        },
        sizes={} if n_features is None else {"n_symbols": n_features},
        decides=dict.fromkeys(("params", "init_params"), ("startprob_", "transmat_", *rules)),
        extras={
            "convergence": _limit_reached,
            "fitted": lambda ctx: "transmat_" in ctx.values,  # monitor_ is there before
        },
    )


_hmm(
    "GaussianHMM",
    means_=_measured("m", "n_components", "n_features"),
    _covars_=_covariances("n_components", repeated=True),
)
_hmm(
    "GMMHMM",
    weights_=_simplex("w", "n_components", "n_mix"),
    means_=_measured("m", "n_components", "n_mix", "n_features"),
    covars_=_covariances("n_components", "n_mix"),
)
_hmm("MultinomialHMM", emissionprob_=_simplex("e", "n_components", "n_features"))
_hmm(
    "CategoricalHMM",
    lambda ctx: ctx.params.get("n_features") or Unknown("depends on the symbols in the data"),
    emissionprob_=_simplex("e", "n_components", "n_symbols"),
)
_hmm("PoissonHMM", lambdas_=_measured("l", "n_components", "n_features"))
