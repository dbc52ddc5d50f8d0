"""A summary as HTML, through jinja2 with autoescape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from skparams.inspection._record import Node, Summary
from skparams.rendering import _view

__all__ = ["to_html"]

_HERE = Path(__file__).parent
_MOST_MEMBERS = 50  # of a run of siblings: what one wants to scroll through


def to_html(summary: Summary) -> str:
    """Return a summary as a piece of HTML that needs nothing else.

    Parameters
    ----------
    summary : Summary
        Any.

    Returns
    -------
    str
        A ``<div>`` with its own style, without scripts.
    """
    nodes = list(summary.root.walk())
    choices, n_hidden = _view.chosen(summary)
    page = _environment().get_template("summary.html")
    return page.render(
        style=_style(),
        about=_view.header(summary),
        choices=choices,
        n_hidden=n_hidden,
        hidden=[
            row
            for node in nodes
            for row in node.hyperparameters
            if not (row.changed or row.decides)
        ],
        outcomes=[outcome for node in nodes for outcome in node.outcomes],
        root=summary.root,
        depth=summary.depth,
        total=summary.totals.stored,
        notes=_view.notes(summary),
        networks=[node for node in nodes if node.layers],
    )


@lru_cache(maxsize=1)
def _style() -> Markup:
    return Markup((_HERE / "summary.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = ("clean", "collapsed", "flow", "number", "shape", "shortened", "shown_layers", "size")
    environment.filters |= {name: getattr(_view, name) for name in shown}
    environment.filters |= {"share": _share, "members": _members}
    return environment


def _share(count: int | None, total: int | None) -> float:
    return round(100 * count / total, 1) if count and total else 0


def _members(run: Node, parent: Node) -> Sequence[Node]:
    """Return the first of the siblings that a collapsed node stands for."""
    start = next(i for i, child in enumerate(parent.children) if child.path == run.path)
    alike = [c for c in parent.children[start:] if c.class_name == run.class_name]
    return alike[:_MOST_MEMBERS]
