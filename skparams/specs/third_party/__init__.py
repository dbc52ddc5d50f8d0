"""Specs of other packages' estimators, one file a package."""
