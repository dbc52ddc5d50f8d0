"""How many directions of the parameters the data can see."""

from skparams._identify.verb import identifiable

__all__ = ["identifiable"]
