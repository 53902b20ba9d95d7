"""The run directory: written whole or not at all, verified before it is used."""

from dltrain.run.loading import Run, load_run, newest_run
from dltrain.run.manifest import DataFile, Manifest, sha256_of
from dltrain.run.metrics_file import RunMetrics, Scores
from dltrain.run.writing import RunFiles, write_run

__all__ = [
    "DataFile",
    "Manifest",
    "Run",
    "RunFiles",
    "RunMetrics",
    "Scores",
    "load_run",
    "newest_run",
    "sha256_of",
    "write_run",
]
