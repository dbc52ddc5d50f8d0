"""``python -m skparams``."""

import os
import sys

from skparams._cli import main


def _open_closed_streams() -> None:
    """Open standard streams that are closed, without which joblib's processes do not start."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
            os.set_inheritable(fd, True)
            setattr(sys, name, open(fd, "w" if fd else "r"))  # noqa: SIM115


if __name__ == "__main__":
    _open_closed_streams()
    sys.exit(main())
