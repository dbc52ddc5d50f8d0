"""The demo's page: one file that needs no other."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from skparams import __version__
from skparams._cli.report import Report, about, plan, why


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def page(report: Report, light: bytes, dark: bytes) -> str:
    """Return the page; all text in it is escaped but the summary, which escapes its own."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    search = report.ours.search
    return environment.get_template("report.html").render(
        report=report,
        about=about(report.data),
        why=why(report.data),
        plan=plan(report.split, len(report.ours.scores), search.n_jobs),
        summary=Markup(report.summary.to_html()),
        light=_data_uri(light),
        dark=_data_uri(dark),
        version=__version__,
    )
