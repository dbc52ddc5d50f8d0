"""What one call of the benchmark was asked for."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Task:
    """Which parts to run, and how long."""

    quick: bool = False
    only: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)  # those of a benchmark of its own
    started: float = field(default_factory=time.perf_counter)

    def wants(self, *names: str) -> bool:
        """Whether any of the names was asked for; all are when none was."""
        return not self.only or any(name in self.only for name in names)

    def say(self, text: str) -> None:
        """One line of progress on standard error, so that standard output keeps the tables."""
        print(f"[{time.perf_counter() - self.started:4.0f} s] {text}", file=sys.stderr, flush=True)
