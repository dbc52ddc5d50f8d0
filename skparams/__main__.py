"""``python -m skparams``, and the command ``skparams``."""

import os
import sys


def _open_closed_streams() -> None:
    """Open standard streams that are closed, without which joblib's processes do not start."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), fd)
            os.set_inheritable(fd, True)
            setattr(sys, name, open(fd, "w" if fd else "r"))  # noqa: SIM115


def start() -> int:
    """Run the command that the process was started with."""
    try:
        _open_closed_streams()
        from skparams._cli import main  # here, as Ctrl-C may come during the import
    except KeyboardInterrupt:
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(start())
