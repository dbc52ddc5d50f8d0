"""What a fitted PCA says of features and rows."""
