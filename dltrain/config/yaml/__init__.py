"""YAML text and plain data: reading, comments, overrides."""
