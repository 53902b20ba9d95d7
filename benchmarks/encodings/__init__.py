"""The programs that `benchmarks.read_encode` compares: each reads and encodes the same CSV and prints JSON."""
