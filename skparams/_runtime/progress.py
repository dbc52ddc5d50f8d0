"""A progress bar."""

import sys
import time

from skparams._escape import can_show

_WIDTH = 30
_LEFT = 15


class Progress:
    """Count steps and draw a bar on standard error, by default if that is a terminal.

    Work that takes less than ``after`` seconds shows none. The time left is the time so far for
    as many steps as are left.
    """

    def __init__(
        self, label: str, total: int, *, shown: bool | None = None, after: float = 0.0
    ) -> None:
        self.label = label
        self.total = total
        self.shown = shown
        self.after = after
        self.n_done = 0
        self.printed = False
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
            self.printed = True
            print(line + self._left(seconds), end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line of a bar that stays unfinished."""
        if self.printed and self.n_done < self.total:
            print(file=sys.stderr, flush=True)

    def _left(self, seconds: float) -> str:
        """The time left, as wide as it was before, so that nothing of it stays in the line."""
        left = seconds / self.n_done * (self.total - self.n_done)
        text = f", {left:.0f} s left" if left < 100 else f", {left / 60:.0f} min left"
        return f"{text if self.n_done < self.total else '':{_LEFT}}"
