"""The sections of a config, a file each, and what they are made of."""
