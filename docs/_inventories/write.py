"""Write the small inventories of this folder: ``python docs/_inventories/write.py``.

``python.inv`` and ``sklearn.inv`` are those projects' own. The others hold the few names that
the docs refer to; a name that is missing is an error of ``sphinx -n``: add it here.
"""

import zlib
from pathlib import Path

# project: {address of a name's page: {kind: names}}
NAMES = {
    "numpy": {
        "reference/generated/{name}.html#{name}": {
            "py:class": ["numpy.ndarray", "numpy.dtype", "numpy.random.RandomState"],
            "py:function": ["numpy.memmap", "numpy.shares_memory"],
        },
    },
    "matplotlib": {
        "api/figure_api.html#{name}": {"py:class": ["matplotlib.figure.Figure"]},
        "api/_as_gen/{name}.html#{name}": {"py:class": ["matplotlib.axes.Axes"]},
    },
    # Younger than sklearn.inv, in docstrings that our estimators inherit.
    "sklearn_guide": {
        "modules/generated/{name}.html#{name}": {
            "py:class": ["sklearn.utils.metadata_routing.MetadataRequest"]
        },
        "metadata_routing.html#metadata-routing": {"std:label": ["metadata_routing"]},
        "modules/df_output_transform.html#df-output-transform": {
            "std:label": ["df_output_transform"]
        },
    },
}


def write(project: str) -> None:
    """Write one inventory, in Sphinx's format 2."""
    lines = [
        f"{name} {kind} 1 {address.format(name=name)} {name.replace('_', ' ')}\n"
        for address, kinds in NAMES[project].items()
        for kind, names in kinds.items()
        for name in names
    ]
    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
    head += "# The remainder of this file is compressed using zlib.\n"
    content = head.encode() + zlib.compress("".join(lines).encode(), 9)
    (Path(__file__).parent / f"{project}.inv").write_bytes(content)


if __name__ == "__main__":
    for each in NAMES:
        write(each)
