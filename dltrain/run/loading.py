"""Opening a run directory: manifest, format, sizes and hashes, JSON, and only then the network."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from dltrain.config import Config, load_config
from dltrain.config.section import Section
from dltrain.errors import ConfigError, RunError
from dltrain.features import Preprocessing
from dltrain.run.manifest import FORMAT, MANIFEST_NAME, Manifest, sha256_of
from dltrain.run.metrics_file import RunMetrics

FILE_NAMES: Final = frozenset(
    {"config.yaml", "preprocessing.json", "model.keras", "model.onnx", "history.csv", "metrics.json"}
)
MAX_JSON_BYTES: Final = 256 * 2**20

Model = TypeVar("Model", bound=Section)


@dataclass(frozen=True)
class Run:
    """A run directory whose files were verified.

    Attributes:
        path: The directory, as it was named.
        manifest: What it holds.
        config: Resolved.
        preprocessing: Fitted.
        metrics: The result.
    """

    path: Path
    manifest: Manifest
    config: Config
    preprocessing: Preprocessing
    metrics: RunMetrics

    @property
    def onnx_path(self) -> Path:
        """The verified network."""
        return self.path / "model.onnx"


def load_run(path: Path) -> Run:
    """Reads and verifies a run directory.

    Raises:
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    try:
        is_there = path.exists()
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    if not is_there:
        raise RunError(f"{path}: expected a run directory, got nothing of that name", hint=_runs_hint(path))
    manifest_path = path / MANIFEST_NAME
    if not manifest_path.is_file():
        raise RunError(f"{path}: expected a run directory, got no {MANIFEST_NAME} in it", hint=_runs_hint(path))
    _check_format(manifest_path)
    manifest = _read(manifest_path, Manifest)
    _check_files(path, manifest)
    try:
        config = load_config(path / "config.yaml").config
    except ConfigError as error:
        raise RunError(f"{path}: damaged run: {error.message}") from error
    return Run(
        path=path,
        manifest=manifest,
        config=config,
        preprocessing=_read(path / "preprocessing.json", Preprocessing),
        metrics=_read(path / "metrics.json", RunMetrics),
    )


def newest_run(parent: Path) -> Path:
    """The run directory below `parent` that was written last.

    Raises:
        RunError: There is none.
    """
    manifests = [path for path in parent.glob(f"*/{MANIFEST_NAME}") if not path.parent.name.startswith(".")]
    if not manifests:
        raise RunError(f"{parent}: expected a run directory in here, got none", hint="dltrain fit CONFIG makes one")
    return max(manifests, key=lambda path: (path.stat().st_mtime_ns, path.parent.name)).parent


def _runs_hint(path: Path) -> str | None:
    parent = path.parent
    names = sorted(found.parent.name for found in parent.glob(f"*/{MANIFEST_NAME}")) if parent.is_dir() else []
    return f"runs in {parent}: {', '.join(names[-5:])}" if names else None


def _check_format(path: Path) -> None:
    """Refuses a newer format before anything else in the manifest is looked at."""
    try:
        content = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: damaged run: not a JSON file") from error
    found = content.get("format") if isinstance(content, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise RunError(f"{path}: not a dltrain run: expected a 'format' number")
    if found != FORMAT:
        raise RunError(
            f"{path}: unknown run format, expected {FORMAT}, got {found}",
            hint="a newer dltrain wrote this run: upgrade dltrain" if found > FORMAT else None,
        )


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Every file is there, plain, and the one that was written."""
    if not manifest.files.keys() >= FILE_NAMES:
        missing = ", ".join(sorted(FILE_NAMES - manifest.files.keys()))
        raise RunError(f"{folder / MANIFEST_NAME}: damaged run: no entry for {missing}")
    for name in sorted(FILE_NAMES):
        path, entry = folder / name, manifest.files[name]
        if path.is_symlink() or not path.is_file():
            raise RunError(f"{path}: damaged run: expected a file, got {'a link' if path.is_symlink() else 'none'}")
        try:
            size = path.stat().st_size
            if size != entry.size:
                raise RunError(f"{path}: damaged run: expected {entry.size:,} bytes, got {size:,}")
            if sha256_of(path) != entry.sha256:
                raise RunError(f"{path}: damaged run: its content is not what the manifest says (sha256 differs)")
        except OSError as error:
            raise RunError(f"{path}: cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise RunError(f"{path}: damaged run: larger than any run's JSON")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RunError(f"{path}: damaged run: not UTF-8 text") from error
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RunError(f"{path}: damaged run: {where}: {first['msg']}") from error
