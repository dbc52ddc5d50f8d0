"""The HTML page of the demo: one file that needs no other."""

import base64
from pathlib import Path

from jinja2 import StrictUndefined, Template
from markupsafe import Markup

from skparams import __version__
from skparams._report import Report


def make_page(title: str, reports: list[Report], light: bytes, dark: bytes) -> str:
    """Render the page; it escapes all text except the reports, which escape their own."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    template = Template(
        source, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return template.render(
        title=title,
        reports=[Markup(report.to_html()) for report in reports],
        light=_data_uri(light),
        dark=_data_uri(dark),
        version=__version__,
    )


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
