"""The steps of a fit, from encoded rows to the files of a run."""
