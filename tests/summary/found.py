"""Findings as tuples."""

from skparams import summary


def found(estimator, X=None, code=None, **options):
    """(path, message) of the findings of one code, or (code, path, message) of all."""
    every = summary(estimator, X, **options).findings
    if code is None:
        return [(each.code, each.path, each.message) for each in every]
    return [(each.path, each.message) for each in every if each.code == code]
