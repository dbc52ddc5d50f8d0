"""Ensembles of small networks for tables."""
