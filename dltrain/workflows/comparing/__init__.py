"""What comparing runs shows."""
