"""ONNX Runtime, imported once for the room, and told to keep to itself."""

import os

# Otherwise it keeps a number of this machine in the home folder, sends to Microsoft what it runs and how long that
# takes, and complains on standard error where the folder cannot be written. It reads the variable when it is imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime

__all__ = ["onnxruntime"]
