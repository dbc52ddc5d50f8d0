"""pytest runs the examples of the pages; Sphinx runs what is left out here."""

collect_ignore = ["conf.py", "_build", "_inventories", "auto_examples"]
collect_ignore_glob = ["gallery/*.py"]
