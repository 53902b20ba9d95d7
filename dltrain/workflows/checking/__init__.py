"""What a check says, a file a subject."""
