"""The page that compares runs, a file a section."""
