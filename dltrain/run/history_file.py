"""Reading history.csv."""

import csv
import io
from typing import Final

from dltrain.errors import RunError
from dltrain.run.loading import MAX_HISTORY_BYTES, Run
from dltrain.run.opening import read_verified

HISTORY_NAME: Final = "history.csv"
_REQUIRED: Final = frozenset({"epoch", "loss", "val_loss", "learning_rate"})


def read_history_file(run: Run) -> list[dict[str, float]]:
    """The rows of history.csv, one for every epoch; none for an average.

    Raises:
        RunError: They are not what a fit writes.
    """
    path = run.path / HISTORY_NAME
    content = read_verified(path, run.manifest.files[HISTORY_NAME], max_bytes=MAX_HISTORY_BYTES)
    try:
        reader = csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True)
        rows = [{name: float(value) for name, value in row.items()} for row in reader]
        if _REQUIRED - set(reader.fieldnames or ()):
            raise ValueError(f"expected the columns {', '.join(sorted(_REQUIRED))}")
        fewest = 1 if run.metrics.average is None else 0
        if len(rows) != run.metrics.epochs or not fewest <= run.metrics.best_epoch <= len(rows):
            raise ValueError(f"expected {run.metrics.epochs:,} epochs, got {len(rows):,}")
    except (ValueError, TypeError, csv.Error) as error:
        raise RunError(f"{path}: damaged run: {error}") from error
    return rows
