"""``compare``: models on the same folds, with a test that respects their overlap."""
