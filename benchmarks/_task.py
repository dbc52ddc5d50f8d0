"""What one call of the benchmark was asked for."""

import sys
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Task:
    """Which parts to run, and how long."""

    quick: bool = False
    only: tuple[str, ...] = ()
    started: float = field(default_factory=time.perf_counter)

    def wants(self, *names: str) -> bool:
        """Whether any of the names was asked for; all are when none was."""
        return not self.only or any(name in self.only for name in names)

    def say(self, text: str) -> None:
        """One line of progress on standard error, so that standard output keeps the tables."""
        print(f"[{time.perf_counter() - self.started:4.0f} s] {text}", file=sys.stderr, flush=True)
