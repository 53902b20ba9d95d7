"""What is wrong with a config, in words, with hints."""
