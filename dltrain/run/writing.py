"""Writing the files of a finished run."""

import csv
import importlib.metadata
import io
import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dltrain.config import Config, to_yaml
from dltrain.features import Preprocessing
from dltrain.run.atomic import bytes_in, output_error, sync
from dltrain.run.manifest import (
    FORMAT,
    MANIFEST_NAME,
    REPORT_NAME,
    DataFile,
    FileEntry,
    Manifest,
    manifest_sha256,
    sha256_of,
)
from dltrain.run.metrics_file import RunMetrics
from dltrain.run.strict_json import to_json

_AVERAGE_REMARK: Final = "The {} as one network: fitted again, this trains one wide network, not the average."
_NO_HISTORY: Final = ("epoch", "loss", "val_loss", "learning_rate", "seconds")
_RECORDED = ("dltrain", "keras", "tensorflow", "numpy", "pyarrow", "onnx", "onnxruntime")


@dataclass(frozen=True)
class RunFiles:
    """What goes into a run directory.

    Attributes:
        config: Resolved.
        preprocessing: Fitted.
        onnx: The network for ONNX Runtime.
        save_keras: Writes model.keras to the path it gets.
        history: One row per epoch, all with the same keys; none for an average.
        metrics: The result.
        data: The tables it was made from.
        report: The page for people; None leaves it out.
    """

    config: Config
    preprocessing: Preprocessing
    onnx: bytes
    save_keras: Callable[[Path], None]
    history: Sequence[Mapping[str, float]]
    metrics: RunMetrics
    data: Mapping[str, DataFile]
    report: str | None = None


def write_files(folder: Path, files: RunFiles) -> list[str]:
    """Writes the files of a run into a folder, all the way to the disk.

    Returns:
        Their names, the manifest last.

    Raises:
        OSError: They cannot be written.
    """
    (folder / "config.yaml").write_text(config_text(files.config, files.metrics), encoding="utf-8")
    (folder / "preprocessing.json").write_text(to_json(files.preprocessing), encoding="utf-8")
    files.save_keras(folder / "model.keras")
    (folder / "model.onnx").write_bytes(files.onnx)
    (folder / "history.csv").write_text(_history_csv(files.history), encoding="utf-8")
    (folder / "metrics.json").write_text(to_json(files.metrics), encoding="utf-8")
    if files.report is not None:
        (folder / REPORT_NAME).write_text(files.report, encoding="utf-8")
    names = sorted(path.name for path in folder.iterdir())
    (folder / MANIFEST_NAME).write_text(to_json(_manifest(folder, files)), encoding="utf-8")
    names.append(MANIFEST_NAME)
    for name in names:
        sync(folder / name)
    return names


def write_run(path: Path, files: RunFiles) -> None:
    """Makes a whole run directory of a network that was not trained here. Nobody else may write it meanwhile.

    Raises:
        OutputError: It exists already or cannot be written; nothing is left of it.
    """
    hidden = path.with_name(f".{path.name}")
    try:
        # A process that was killed may have left one.
        shutil.rmtree(hidden, ignore_errors=True)
        hidden.mkdir()
        write_files(hidden, files)
        sync(hidden)
        hidden.rename(path)
        sync(path.parent)
    except OSError as error:
        raise output_error(path, error, written=bytes_in(hidden)) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def config_text(config: Config, metrics: RunMetrics) -> str:
    """The config as YAML; that of an average says what fitting it again would make."""
    if metrics.average is None:
        return to_yaml(config)
    return f"# {_AVERAGE_REMARK.format(metrics.average)}\n{to_yaml(config)}"


def recorded_versions() -> dict[str, str]:
    """The versions of Python, dltrain and the libraries that a run depends on."""
    packages = {package: importlib.metadata.version(package) for package in _RECORDED}
    return {"python": platform.python_version(), **packages}


def now() -> str:
    """The time in ISO 8601 with time zone, to the second."""
    return datetime.now(tz=UTC).astimezone().isoformat(timespec="seconds")


def _history_csv(rows: Sequence[Mapping[str, float]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else _NO_HISTORY, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _manifest(folder: Path, files: RunFiles) -> Manifest:
    data = files.config.data
    assert data.task is not None  # noqa: S101 - the config is resolved
    manifest = Manifest.model_validate(
        {
            "format": FORMAT,
            "created": now(),
            "task": data.task,
            "seed": files.config.training.seed,
            "versions": recorded_versions(),
            "data": dict(files.data),
            "files": {
                path.name: FileEntry(size=path.stat().st_size, sha256=sha256_of(path))
                for path in sorted(folder.iterdir())
            },
        }
    )
    return manifest.model_copy(update={"sha256": manifest_sha256(manifest.model_dump(mode="json"))})
