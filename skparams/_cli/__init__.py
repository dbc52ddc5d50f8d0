"""``python -m skparams``: the demo."""
