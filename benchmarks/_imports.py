"""The cost of an import over that of the scikit-learn parts it needs, in fresh processes."""

from textwrap import dedent

from benchmarks._alternate import compare
from benchmarks._fresh import fresh

__all__ = ["import_cost"]


def _timed(statement: str, frames: int = 0) -> str:
    """Return code that times an import below ``frames`` calls.

    CPython 3.11 and later keep frames in chunks of memory, and a loop whose calls cross the end
    of a chunk gets and frees one each time. Which loops of an import do so depends on how deep
    the import stands: the same one differs by a fifth between depths. So a comparison runs over
    many depths.
    """
    return dedent(f"""
        import time

        def below(frames):
            if frames:
                below(frames - 1)
                return
            start = time.perf_counter()
            {statement}
            print(time.perf_counter() - start)

        below({frames})
    """)


def _loaded(statement: str) -> list[str]:
    return fresh(f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))")


def import_cost(ours: str, *, quick: bool) -> dict:
    """Return the times of an import and of the parts it needs, and the modules that it adds."""
    loaded = _loaded(ours)
    parts = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("sklearn.")}
    needs = sorted(name for name in parts if not name.startswith("sklearn._"))
    theirs = f"import {', '.join(needs)}"
    for statement in (ours, theirs):  # the disk's own cache
        fresh(_timed(statement))
    pairs = [
        (fresh(_timed(ours, frames)), fresh(_timed(theirs, frames)))
        for frames in range(0, 62, 31 if quick else 2)
    ]
    ratio = compare(pairs)
    return {
        "ours_s": ratio["slow_s"],
        "theirs_s": ratio["fast_s"],
        "ratio": ratio,
        "parts": needs,
        "added": sorted(set(loaded) - set(_loaded(theirs))),
    }
