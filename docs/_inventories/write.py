"""Write the small inventories of this folder: ``python docs/_inventories/write.py``.

``python.inv`` and ``sklearn.inv`` are those projects' own. The others hold the few names that
the docs refer to; a name that is missing is an error of ``sphinx -n``: add it here.
"""

import zlib
from pathlib import Path

# project: {address of a name's page: {role: names}}
NAMES = {
    "numpy": {
        "reference/generated/{name}.html#{name}": {
            "class": ["numpy.ndarray", "numpy.dtype", "numpy.random.RandomState"],
            "function": ["numpy.memmap", "numpy.shares_memory"],
        },
    },
    "matplotlib": {
        "api/figure_api.html#{name}": {"class": ["matplotlib.figure.Figure"]},
        "api/_as_gen/{name}.html#{name}": {"class": ["matplotlib.axes.Axes"]},
    },
}


def write(project: str) -> None:
    """Write one inventory, in Sphinx's format 2."""
    lines = [
        f"{name} py:{role} 1 {address.format(name=name)} -\n"
        for address, roles in NAMES[project].items()
        for role, names in roles.items()
        for name in names
    ]
    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n"
    head += "# The remainder of this file is compressed using zlib.\n"
    content = head.encode() + zlib.compress("".join(lines).encode(), 9)
    (Path(__file__).parent / f"{project}.inv").write_bytes(content)


if __name__ == "__main__":
    for each in NAMES:
        write(each)
