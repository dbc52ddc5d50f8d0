"""What all commands stand on: errors in one line, what is printed, and files written whole."""

from skparams._cli.console.errors import CommandError, need, quoted, reason, verb_errors
from skparams._cli.console.files import (
    check_file,
    check_folder,
    discard_output,
    note,
    others_on_stderr,
    show,
    write,
)
from skparams._cli.console.output import Output
from skparams._cli.console.page import Picture, make_page
from skparams._cli.console.workers import start_workers

__all__ = [
    "CommandError",
    "Output",
    "Picture",
    "check_file",
    "check_folder",
    "discard_output",
    "make_page",
    "need",
    "note",
    "others_on_stderr",
    "quoted",
    "reason",
    "show",
    "start_workers",
    "verb_errors",
    "write",
]
