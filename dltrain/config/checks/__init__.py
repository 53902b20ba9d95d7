"""Cross-checks: what no single key can know."""
