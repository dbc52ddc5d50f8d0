"""The processes of joblib, which leave Ctrl-C to the command."""

import signal
import sys


def start_workers(n_jobs: int) -> None:
    """Start joblib's processes so that Ctrl-C, which a terminal sends to all, prints nothing there.

    A process never sees a signal that was blocked where it started. Windows has no such way.
    """
    from multiprocessing import resource_tracker

    from joblib import Parallel, delayed
    from joblib.externals.loky.backend import resource_tracker as loky_tracker

    if n_jobs == 1 or not hasattr(signal, "pthread_sigmask"):
        return
    # They unblock the signal when they start, and warn of what stopped workers leave.
    sys.warnoptions.append("ignore:resource_tracker")
    try:
        for tracker in (resource_tracker, loky_tracker):
            tracker.ensure_running()
    finally:
        sys.warnoptions.pop()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        Parallel(n_jobs)([delayed(abs)(0)])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
