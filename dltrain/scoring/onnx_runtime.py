"""ONNX Runtime, which would tell its makers of every session and keep what it has to tell in the user's home.

It looks at the environment once, when it is loaded. Its threads are native code, so no hook of Python sees them.
"""

import os

DISABLED = "ORT_DISABLE_TELEMETRY"

os.environ.setdefault(DISABLED, "1")

import onnxruntime  # noqa: E402 - the environment comes first

__all__ = ["onnxruntime"]
