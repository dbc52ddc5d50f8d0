"""A progress bar."""

import sys
import time

_WIDTH = 30


class Progress:
    """Count steps and draw a bar on standard error, by default if that is a terminal."""

    def __init__(self, label: str, total: int, *, shown: bool | None = None) -> None:
        self.label = label
        self.total = total
        self.shown = shown
        self.n_done = 0
        self.start = time.monotonic()

    def __call__(self, n: int) -> None:
        """Count steps that are done."""
        self.n_done += n
        if sys.stderr.isatty() if self.shown is None else self.shown:
            bar = "━" * (_WIDTH * self.n_done // self.total)
            seconds = time.monotonic() - self.start
            end = "\n" if self.n_done == self.total else ""
            line = f"\r{self.label:12} {bar:{_WIDTH}} {self.n_done}/{self.total} {seconds:.0f} s"
            print(line, end=end, file=sys.stderr, flush=True)
