"""``python -m skparams``."""

import os
import sys

from skparams._cli import main

if __name__ == "__main__":
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed, which joblib cannot start processes with
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    sys.exit(main())
