"""Run README.md's first snippet, store what it prints below it, and draw what it learned.

``python docs/make_readme.py``; a test holds that what is stored is what the snippet prints.
"""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
PICTURE = Path(__file__).parent / "images" / "summary.png"
BLOCKS = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```", re.DOTALL)


def run() -> tuple[str, dict[str, Any]]:
    """What the snippet prints, and its variables."""
    match = BLOCKS.search(README.read_text(encoding="utf-8"))
    assert match is not None
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(match["code"], names)
    return printed.getvalue(), names


def main() -> None:
    """Write both."""
    import matplotlib
    from PIL import Image

    printed, names = run()
    text = README.read_text(encoding="utf-8")
    match = BLOCKS.search(text)
    assert match is not None
    README.write_text(
        text[: match.start("printed")] + printed + text[match.end("printed") :], "utf-8"
    )
    matplotlib.use("Agg")
    drawn = io.BytesIO()
    names["summary"](names["model"]).plot().figure.savefig(drawn, dpi=100)
    # Few colors make a small file.
    Image.open(drawn).convert("RGB").quantize(128).save(PICTURE)


if __name__ == "__main__":
    main()
