"""The page of a cross-validation, or of several seeds, a file a section."""
