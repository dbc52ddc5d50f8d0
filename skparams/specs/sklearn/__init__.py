"""Specs of scikit-learn's estimators: a file or a folder for each of its modules."""
