"""The HTML page of a result: one file that needs no other."""

import base64
from pathlib import Path

from jinja2 import StrictUndefined, Template
from markupsafe import Markup

from skparams import __version__
from skparams._cli.result import DemoResult


def make_page(result: DemoResult, light: bytes, dark: bytes) -> str:
    """Render the page; it escapes all text except the summary, which escapes its own."""
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    template = Template(
        source, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return template.render(
        result=result,
        summary=Markup(result.summary.to_html()),
        light=_data_uri(light),
        dark=_data_uri(dark),
        version=__version__,
    )


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
