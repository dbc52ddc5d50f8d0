"""The demo: a search, what its winner learned, and scikit-learn's beside it."""

from skparams._cli.demo.demo import run

__all__ = ["run"]
