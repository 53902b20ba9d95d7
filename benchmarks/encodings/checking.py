"""What both programs print."""

import json

import numpy as np

CHECKED_ROWS = 1_000


def report(dense: np.ndarray, *, read_seconds: float, encode_seconds: float) -> None:
    """Prints the times, and of the first rows, float32 `(CHECKED_ROWS, n_features)`, the width and the sum of sizes."""
    checksum = float(np.abs(dense, dtype=np.float64).sum())
    result = {"n_features": dense.shape[1], "checksum": checksum}
    print(json.dumps(result | {"read_seconds": read_seconds, "encode_seconds": encode_seconds}))
