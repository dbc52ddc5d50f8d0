"""A progress bar on a terminal."""

import sys
import time

_WIDTH = 30


class Progress:
    """Count fits and draw a bar on standard error if that is a terminal."""

    def __init__(self, label: str, n_fits: int) -> None:
        self.label = label
        self.n_fits = n_fits
        self.n_done = 0
        self.start = time.monotonic()

    def __call__(self, n_fits: int) -> None:
        """Count fits that are done."""
        self.n_done += n_fits
        if sys.stderr.isatty():
            bar = "━" * (_WIDTH * self.n_done // self.n_fits)
            seconds = time.monotonic() - self.start
            end = "\n" if self.n_done == self.n_fits else ""
            line = f"\r{self.label:12} {bar:{_WIDTH}} {self.n_done}/{self.n_fits} {seconds:.0f} s"
            print(line, end=end, file=sys.stderr, flush=True)
