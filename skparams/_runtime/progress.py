"""A progress bar."""

import sys
import time

from skparams._escape import can_show

_WIDTH = 30


class Progress:
    """Count steps and draw a bar on standard error, by default if that is a terminal.

    Work that takes less than ``after`` seconds shows none.
    """

    def __init__(
        self, label: str, total: int, *, shown: bool | None = None, after: float = 0.0
    ) -> None:
        self.label = label
        self.total = total
        self.shown = shown
        self.after = after
        self.n_done = 0
        self.start = time.monotonic()

    def __call__(self, n: int) -> None:
        """Count steps that are done."""
        self.n_done += n
        seconds = time.monotonic() - self.start
        shown = self.shown
        if shown is None:
            shown = sys.stderr is not None and sys.stderr.isatty()
        if shown and seconds >= self.after:
            sign = "━" if can_show("━", sys.stderr) else "="
            bar = sign * (_WIDTH * self.n_done // self.total)
            end = "\n" if self.n_done == self.total else ""
            line = f"\r{self.label:12} {bar:{_WIDTH}} {self.n_done}/{self.total} {seconds:.0f} s"
            print(line, end=end, file=sys.stderr, flush=True)
