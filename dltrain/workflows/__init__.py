"""The order of the steps: here one file a verb, the steps they share in packages."""
