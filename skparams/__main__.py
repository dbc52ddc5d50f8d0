"""``python -m skparams``."""

import sys

from skparams._cli import main

if __name__ == "__main__":
    sys.exit(main())
