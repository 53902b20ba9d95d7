"""The order of the steps, one file a verb."""
