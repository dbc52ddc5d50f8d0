"""The site: ``python -m sphinx -W -n docs docs/_build``, which needs the extra ``docs``.

It needs no network: other projects' names are resolved by the inventories in _inventories.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
os.environ["MPLBACKEND"] = "Agg"

import skparams  # noqa: E402

project = "skparams"
author = "The skparams developers"
copyright = "the skparams developers"
version = release = skparams.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "changes", "description.md", "gallery"]
templates_path = ["_templates"]
nitpicky = True

# MyST reads the pages, which pytest reads too: their examples are doctests.
myst_enable_extensions = ["colon_fence", "attrs_inline", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings have the types
autodoc_default_options = {"member-order": "alphabetical"}
add_module_names = False
numpydoc_show_class_members = False  # the template lists them
numpydoc_class_members_toctree = False

intersphinx_mapping = {
    name: (url, str(HERE / "_inventories" / f"{name}.inv"))
    for name, url in {
        "python": "https://docs.python.org/3/",
        "numpy": "https://numpy.org/doc/stable/",
        "sklearn": "https://scikit-learn.org/stable/",
        "sklearn_guide": "https://scikit-learn.org/stable",  # no address may come twice
        "matplotlib": "https://matplotlib.org/stable/",
    }.items()
}
intersphinx_disabled_reftypes = []

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_",
    "within_subsection_order": "_gallery_order.place_of",
    "image_srcset": ["2x"],
    "write_computation_times": False,
    "min_reported_time": 20,
    "doc_module": ("skparams",),
    "reference_url": {"skparams": None},
    "backreferences_dir": "reference/examples",
    "plot_gallery": True,
    "abort_on_example_error": False,
    "only_warn_on_example_error": False,
    "download_all_examples": False,
    "show_memory": False,
    "remove_config_comments": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "skparams"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": True,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "tango",
    "pygments_dark_style": "github-dark",
}
NO_SIDEBAR = ["install", "start", "changelog", "glossary", "concepts"]
NO_SIDEBAR += ["from_others", "from_scikit_learn"]
html_sidebars = {page: [] for page in NO_SIDEBAR}


def strip_doctests(app, docname, source):
    """Take away the empty lines that end doctests in pages, which the site would show."""
    source[0] = re.sub(
        r"(^```py\w+\n(?:(?!```).*\n)*?)\n(?=```$)", r"\1", source[0], flags=re.MULTILINE
    )


def add_unreleased_changes(app, docname, source):
    """Show the notes in docs/changes as towncrier will write them into CHANGELOG.md."""
    if docname == "changelog":
        command = [sys.executable, "-m", "towncrier", "build", "--draft"]
        command += ["--version", release.partition(".dev")[0], "--date", "unreleased"]
        done = subprocess.run(
            command, cwd=HERE.parent, capture_output=True, encoding="utf-8", check=True
        )
        source[0] = source[0].replace("<!-- unreleased -->", done.stdout)


def setup(app):
    app.connect("source-read", strip_doctests)
    app.connect("source-read", add_unreleased_changes)
