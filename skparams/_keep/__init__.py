"""Keep what a model learned in a file, and load it again."""
