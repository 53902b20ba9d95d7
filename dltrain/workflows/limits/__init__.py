"""What a fit needs of the machine, known before it takes it."""
