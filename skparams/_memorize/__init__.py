"""How much of each row a model learns by heart."""

from skparams._memorize.verb import memorization

__all__ = ["memorization"]
