"""Runs as the Python API hands them out."""
