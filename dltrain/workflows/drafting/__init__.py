"""The config that `init` writes: decisions and their reasons."""
