"""Where the result of a command goes: the terminal or a program that reads JSON, and a page."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from skparams._cli.console.errors import CommandError
from skparams._cli.console.files import check_file, note, others_on_stderr, show, write
from skparams._cli.console.page import Picture, make_page
from skparams._report import Report, clean


@dataclass(frozen=True)
class Output:
    """Print a report as text or JSON, and write it to a file as HTML if there is one.

    Raises CommandError when it is made if the file cannot be written, or is what the command reads.
    """

    command: str
    json: bool
    page: Path | None
    inputs: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if self.page is None:
            return
        target = check_file(self.page)
        for path in self.inputs:
            with suppress(OSError, ValueError):  # there is none, which is said where it is read
                if target.samefile(path):
                    raise CommandError(f"cannot write {self.page}: it is what the command reads")

    def note(self, text: str) -> None:
        """Print what is no result on standard error."""
        note(f"skparams {self.command}: {text}")

    def deliver(
        self,
        title: str,
        report: Report,
        *before: Report,
        picture: Picture | None = None,
        footer: str = "",
    ) -> None:
        """Print the report, and write it and those that come before it on the page."""
        show(report.to_json() if self.json else report.to_text())
        if self.page is not None:
            name, footer = f"{title} · skparams {self.command}", f"{footer} · {title}"
            write(check_file(self.page), make_page(name, [*before, report], picture, footer))
            self.note(f"wrote {self.page}")

    @contextmanager
    def warnings_as_notes(self) -> Iterator[None]:
        """Print each warning of the block once, in one line, and what else others print there."""
        with others_on_stderr(), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default", UserWarning)
            yield
        for message in dict.fromkeys(" ".join(str(each.message).split()) for each in caught):
            self.note(f"warning: {clean(message)}")
