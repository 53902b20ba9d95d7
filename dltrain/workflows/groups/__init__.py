"""Several runs that belong together: folds, or seeds."""
