"""The error of a file that cannot be loaded."""


class ParamsFileError(ValueError):
    """A file of parameters is damaged, of another format or version, or not what it says.

    Raised by ``load_params`` and ``inspect_params``.

    See Also
    --------
    load_params : Raises it.
    inspect_params : Lists what a file holds.

    Examples
    --------
    >>> from skparams import ParamsFileError
    >>> issubclass(ParamsFileError, ValueError)
    True
    """
