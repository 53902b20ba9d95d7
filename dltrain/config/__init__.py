"""What the YAML says: typed sections, a strict reader, overrides, cross-checks, JSON Schema."""
