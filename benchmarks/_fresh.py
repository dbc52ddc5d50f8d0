"""Measure in a fresh process: what an import, a first fit or a peak of memory costs."""

import json
import os
import subprocess
import sys


def fresh(code: str, **environment: str) -> dict:
    """Run ``code`` in a new interpreter and return the JSON of its last line.

    Fails with that process's own last words, so that a broken measurement is not a blank.
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"a measurement in a fresh process failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
