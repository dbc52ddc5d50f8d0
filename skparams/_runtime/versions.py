"""Versions for a bug report."""

from importlib.metadata import PackageNotFoundError, version


def show_versions() -> None:
    """Print the versions of skparams, its dependencies and the system, for a bug report.

    The second part is scikit-learn's own report, with the BLAS and OpenMP libraries in use.

    See Also
    --------
    cache_dir : Where compiled code is kept.

    Examples
    --------
    >>> import skparams
    >>> skparams.show_versions()  # doctest: +ELLIPSIS
    skparams...
    """
    import sklearn

    for name in ("skparams", "numba", "llvmlite", "lazy_loader", "jinja2"):
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "not installed"
        print(f"{name:>13}: {found}".lstrip() if name == "skparams" else f"{name:>13}: {found}")
    sklearn.show_versions()
