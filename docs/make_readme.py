"""Write what README.md shows, its picture, and the package's description made from it.

``python docs/make_readme.py``; tests hold that what is stored is what this writes.
"""

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import skparams

README = Path(__file__).parents[1] / "README.md"
DESCRIPTION = Path(__file__).parent / "description.md"
PICTURE = Path(__file__).parent / "images" / "summary.png"
BLOCKS = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<printed>.*?)```", re.DOTALL)
DEFINITION = re.compile(r"^\[(?P<name>.+)\]: docs/(?P<place>\S+)\n", re.MULTILINE)


def run() -> tuple[str, dict[str, Any]]:
    """What the snippet prints, and its variables."""
    match = BLOCKS.search(README.read_text(encoding="utf-8"))
    assert match is not None
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(match["code"], names)
    return printed.getvalue(), names


def description(readme: str, url: str | None) -> str:
    """README.md as package indexes show it, where links to files of the repository would break.

    Links lead to the site at `url`; while there is none, their text stays.
    """
    places = {match["name"]: match["place"] for match in DEFINITION.finditer(readme)}

    def to_text(match: re.Match[str]) -> str:
        place = places.get(match["name"]) if match["name"] else None
        if url is None or place is None:
            return match["text"]
        page, _, anchor = place.replace("gallery", "auto_examples/index.md").partition("#")
        return f"[{match['text']}]({url}/{page.removesuffix('.md')}.html{anchor and '#' + anchor})"

    text = DEFINITION.sub("", readme)
    picture = r"!\[(.*?)\]\(docs/images/(.*?)\)\n"
    text = re.sub(picture, "" if url is None else rf"![\1]({url}/_images/\2)\n", text)
    link = r"(?<!!)\[(?P<text>[^\[\]]+)\](\[(?P<name>\w+)\]|\((?!http)[^)]+\))"
    return re.sub(link, to_text, text).strip() + "\n"


def main() -> None:
    """Write all three."""
    import matplotlib
    from PIL import Image

    printed, names = run()
    text = README.read_text(encoding="utf-8")
    match = BLOCKS.search(text)
    assert match is not None
    text = text[: match.start("printed")] + printed + text[match.end("printed") :]
    README.write_text(text, "utf-8")
    DESCRIPTION.write_text(description(text, skparams.docs_url), "utf-8")
    matplotlib.use("Agg")
    drawn = io.BytesIO()
    names["summary"](names["model"]).plot().figure.savefig(drawn, dpi=100)
    # Few colors make a small file.
    Image.open(drawn).convert("RGB").quantize(128).save(PICTURE)


if __name__ == "__main__":
    main()
