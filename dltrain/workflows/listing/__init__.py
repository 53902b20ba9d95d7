"""What a list says of every run, from its small files."""
