"""The estimator, and what its fit is made of."""
