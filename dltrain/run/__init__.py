"""The run directory: kept while training, finished as a whole, verified before it is used."""

from dltrain.run.checkpoint import Checkpoint, Origin
from dltrain.run.history import Epoch
from dltrain.run.loading import Run, load_run
from dltrain.run.manifest import DataFile, Manifest, sha256_of
from dltrain.run.metrics_file import ColumnImportance, Diagnosis, LinearScores, RunMetrics, Scores
from dltrain.run.newest import newest_run, newest_unfinished
from dltrain.run.progress import Progress
from dltrain.run.unfinished import UnfinishedRun
from dltrain.run.writing import RunFiles

__all__ = [
    "Checkpoint",
    "ColumnImportance",
    "DataFile",
    "Diagnosis",
    "Epoch",
    "LinearScores",
    "Manifest",
    "Origin",
    "Progress",
    "Run",
    "RunFiles",
    "RunMetrics",
    "Scores",
    "UnfinishedRun",
    "load_run",
    "newest_run",
    "newest_unfinished",
    "sha256_of",
]
