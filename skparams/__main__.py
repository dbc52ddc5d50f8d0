"""``python -m skparams``."""

import sys

from skparams._cli import main

if __name__ == "__main__":
    # A pipe whose encoding lacks a character, as on Windows, gets a question mark.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
