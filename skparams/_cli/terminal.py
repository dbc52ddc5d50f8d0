"""What the demo prints."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from skparams._cli.errors import printable
from skparams._cli.report import Report


def lines(console: Console, *texts: str) -> None:
    """Print lines as they are: what came from the user's table is never taken for markup."""
    for text in texts:
        console.print(Text(printable(text)), soft_wrap=False)


def comparison(report: Report) -> Table:
    """Return the two libraries side by side."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("same grid, same folds")
    for name in (report.ours.library, report.theirs.library):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in report.rows:
        table.add_row(row.label, row.ours, row.theirs, row.remark)
    return table


def summary(console: Console, report: Report) -> None:
    """Print the winner's summary, laid out by itself for this width."""
    color = console.is_terminal and not console.no_color
    console.file.write(report.summary.to_text(width=console.width, color=color).rstrip() + "\n")
