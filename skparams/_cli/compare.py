"""``skparams compare``: models on the same folds of a table."""

import argparse


def run(args: argparse.Namespace) -> None: ...
