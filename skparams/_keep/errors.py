"""The error of a file that cannot be loaded."""


class ParamsFileError(ValueError):
    """A file of parameters is damaged, of another format or version, or not what it says.

    Raised by ``load_params`` and ``inspect_params``.

    Examples
    --------
    >>> from skparams import ParamsFileError
    >>> issubclass(ParamsFileError, ValueError)
    True
    """
