"""Measurements that back the claims of the documentation; `make bench` runs them all."""
