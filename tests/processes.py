"""Code in a process of its own, which has imported nothing yet."""

import os
import subprocess
import sys
import textwrap


def assert_runs(code, *, preexec_fn=None, **environment):
    """Run code in a new Python and check that it ends without an error; return the process."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | environment,
        preexec_fn=preexec_fn,
    )
    assert done.returncode == 0, done.stderr
    return done
