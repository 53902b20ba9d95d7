"""Opening a run directory, also one from a stranger: nothing is read before its size agrees, nothing used unverified.

The order is manifest, format, then file by file size, hash and content, what the files must agree on, and the network
last. Everything is read from inside the directory. The tables that config.yaml and manifest.json name are not opened
here: commands that need the rows read them, and only when they are what the manifest says.
"""

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dltrain.config import Config, LoadedConfig
from dltrain.config.sections.data import NUMBERED, TextFormat
from dltrain.config.sections.section import SectionT
from dltrain.config.yaml.document import Document
from dltrain.config.yaml.reader import MAX_BYTES, read_yaml
from dltrain.errors import ConfigError, OutputError, RunError
from dltrain.features import Preprocessing
from dltrain.features.architecture import plan_of
from dltrain.run.agreement import check_agreement
from dltrain.run.average import average_path, has_average
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, read_progress, resume_command
from dltrain.run.manifest import FORMAT, MANIFEST_NAME, REPORT_NAME, Manifest, manifest_sha256
from dltrain.run.members import FOLDS, SEEDS, Group, group_of, member_path
from dltrain.run.metrics_file import RunMetrics
from dltrain.run.newest import runs_hint
from dltrain.run.onnx_file import check_onnx
from dltrain.run.opening import check_size, check_verified, read_file, read_verified
from dltrain.run.saved_config import read_saved_config
from dltrain.run.strict_json import MAX_JSON_BYTES, parse_json, read_json, to_model

FILE_NAMES: Final = frozenset(
    {"config.yaml", "preprocessing.json", "model.keras", "model.onnx", "history.csv", "metrics.json"}
)

_MAX_MANIFEST_BYTES: Final = 256 * 2**10
MAX_HISTORY_BYTES: Final = 256 * 2**20
_KERAS_BYTES: Final = 16 * 2**20
_KERAS_BYTES_PER_PARAMETER: Final = 16
"""model.keras is its weights, the network's description, and the optimizer's numbers if there are any."""

_NUMBERED: Final = re.compile(rf"{NUMBERED}(\d{{1,6}})")


@dataclass(frozen=True)
class Run:
    """A run directory whose files were verified.

    Attributes:
        path: The directory, as it was named.
        manifest: What it holds.
        config: Resolved.
        preprocessing: Fitted.
        metrics: The result.
        document: What config.yaml says, with positions.
        onnx: The verified bytes of model.onnx, which hold the network of the config and nothing else.
    """

    path: Path
    manifest: Manifest
    config: Config
    preprocessing: Preprocessing
    metrics: RunMetrics
    document: Document = field(repr=False)
    onnx: bytes = field(repr=False)

    @property
    def loaded_config(self) -> LoadedConfig:
        """The verified config as a fit takes it. Reading config.yaml again could give another one."""
        return LoadedConfig(self.config, self.document.source, "config", self.document)

    @property
    def texts(self) -> TextFormat:
        """How the texts of other tables are to be read; their header may stand in another line."""
        texts = self.config.data.texts
        return texts._replace(columns=self.preprocessing.column_names, headers=self._headers(texts.headers))

    def _headers(self, headers: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        """The names of columns without a header; new rows may come without the target."""
        data = self.config.data
        if headers == ((),):
            others = data.target, *data.drop, *data.id, data.weight, self.config.split.column
            known = filter(None, {*self.preprocessing.column_names, *others})
            numbers = [int(found[1]) for name in known if (found := _NUMBERED.fullmatch(name))]
            # The table of a Parquet file has names of its own.
            headers = (tuple(f"{NUMBERED}{number}" for number in range(1, max(numbers, default=0) + 1)), ())
        without = (tuple(name for name in names if name != data.target) for names in headers if names)
        return (*headers, *without)

    @property
    def onnx_path(self) -> Path:
        """Where `onnx` was read from."""
        return self.path / "model.onnx"


def check_is_no_run_file(path: Path) -> None:
    """Refuses to replace a file of a finished run, which would be damaged without it.

    Raises:
        OutputError: It is one.
    """
    names = {*FILE_NAMES, MANIFEST_NAME, REPORT_NAME, "out_of_fold.csv"}
    names |= {name for group in (FOLDS, SEEDS) for name in (group.origin_name, group.summary_name)}
    is_run = os.path.lexists(path.parent / MANIFEST_NAME) or group_of(path.parent) is not None
    if is_run and path.name in names and os.path.lexists(path):
        raise OutputError(f"{path}: expected another file, got one that the run {path.parent} needs")


def load_run(path: Path) -> Run:
    """Reads and verifies a run directory; of several seeds, that of their average.

    Raises:
        RunError: It is missing, no run, of an unknown format, or damaged.
    """
    path = average_path(path) if group_of(path) == SEEDS and has_average(path) else path
    manifest = _read_manifest(path)
    document = _read_document(path / "config.yaml", manifest)
    config = read_saved_config(document).config
    preprocessing = _read_json(path / "preprocessing.json", manifest, Preprocessing)
    metrics = _read_json(path / "metrics.json", manifest, RunMetrics)
    try:
        check_agreement(manifest, config, preprocessing, metrics)
    except ValueError as error:
        raise RunError(f"{path}: damaged run: {error}") from error
    onnx = _read_onnx(path / "model.onnx", manifest, config, preprocessing)
    max_keras_bytes = _KERAS_BYTES + _KERAS_BYTES_PER_PARAMETER * metrics.parameters
    for name, max_bytes in (("model.keras", max_keras_bytes), ("history.csv", MAX_HISTORY_BYTES)):
        check_verified(path / name, manifest.files[name], max_bytes=max_bytes)
    return Run(path, manifest, config, preprocessing, metrics, document, onnx)


def read_result(path: Path) -> tuple[Manifest, RunMetrics]:
    """Reads how a run ended and nothing else: the other files are neither opened nor verified.

    Raises:
        RunError: It is missing, no run, of an unknown format, or one of these two files is damaged.
    """
    manifest = _read_manifest(path)
    return manifest, _read_json(path / "metrics.json", manifest, RunMetrics)


def read_columns(path: Path) -> tuple[Config, Preprocessing, int]:
    """Reads what a run made of the columns of its table, and how many rows that had, and nothing else.

    Raises:
        RunError: As `read_result`.
    """
    manifest = _read_manifest(path)
    config = read_saved_config(_read_document(path / "config.yaml", manifest)).config
    return config, _read_json(path / "preprocessing.json", manifest, Preprocessing), manifest.data["data"].rows


def check_sizes(path: Path, manifest: Manifest) -> None:
    """Checks that the files that a run needs are there, as large as its manifest says; nothing is read.

    Raises:
        RunError: One is not.
    """
    for name in sorted(FILE_NAMES):
        check_size(path / name, manifest.files[name])


def read_expecting_config(path: Path, manifest: Manifest) -> Config | None:
    """The config of a run that may have gates; None, without understanding it, when it can have none.

    Raises:
        RunError: It is missing or damaged.
    """
    content = _read_document_bytes(path / "config.yaml", manifest)
    return read_saved_config(_document(path / "config.yaml", content)).config if b"expect" in content else None


def read_average(group: Path) -> RunMetrics | None:
    """The result of the average of several seeds; None when there is none.

    Raises:
        RunError: As `read_result`.
    """
    return read_result(average_path(group))[1] if has_average(group) else None


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST_NAME
    _check_is_there(folder, path)
    content = read_file(path, max_bytes=_MAX_MANIFEST_BYTES)
    try:
        values = read_json(content)
        _check_format(path, values)
        if "sha256" in values and values["sha256"] != manifest_sha256(values):
            raise ValueError("its content is not what was written (sha256 differs)")
        manifest = to_model(values, Manifest)
        for key, names in (("files", FILE_NAMES - manifest.files.keys()), ("data", {"data"} - manifest.data.keys())):
            if names:
                raise ValueError(f"{key}: no entry for {', '.join(sorted(names))}")
    except ValueError as error:
        raise RunError(f"{path}: damaged run: {error}") from error
    return manifest


def _unfinished(folder: Path) -> RunError:
    """The error for a run without a result."""
    try:
        _, progress = read_progress(folder / CHECKPOINT)
    except RunError as error:
        return error
    if progress.divergence is not None:
        command = f"dltrain show {shlex.quote(str(folder))}"
        message = f"{folder}: the run has no result: its training diverged"
        return RunError(message, hint=f"{command} says where; a fit with a lower learning rate may settle")
    message = f"{folder}: the run is not finished: it is being trained, or was interrupted"
    return RunError(message, hint=f"{resume_command(folder)} goes on")


def _check_is_there(folder: Path, manifest_path: Path) -> None:
    """Tells a name that was mistyped from a run that is damaged."""
    try:
        if not folder.exists():
            raise RunError(f"{folder}: expected a run directory, got nothing of that name", hint=runs_hint(folder))
        if is_unfinished(folder):
            raise _unfinished(folder)
        if (group := group_of(folder)) is not None:
            without = "" if group == FOLDS else " without an average"
            message = f"{folder}: expected a run directory, got that of a {group.noun}{without}"
            raise RunError(message, hint=_member_hint(folder, group))
        if not manifest_path.exists() and not manifest_path.is_symlink():
            message = f"{folder}: expected a run directory, got no {MANIFEST_NAME} in it"
            raise RunError(message, hint=runs_hint(folder))
    except OSError as error:
        raise RunError(f"{folder}: cannot be read: {error.strerror}") from error


def _member_hint(folder: Path, group: Group) -> str:
    """What can be used in the place of a group."""
    members = f"its runs are {member_path(folder, group, 1)} and those beside it"
    if group == FOLDS:
        return f"{members}; to predict, fit without split.folds"
    if _has_diverged(folder, group):
        return f"the training of one diverged: dltrain show {shlex.quote(str(folder))} says where; {members}"
    return f"{resume_command(folder)} --average makes their average, which is used then; {members}"


def _has_diverged(folder: Path, group: Group) -> bool:
    """Whether a run of a group cannot go on, and so the group neither."""
    unfinished = filter(is_unfinished, folder.glob(f"{group.member}-*"))
    return any(read_progress(member / CHECKPOINT)[1].divergence is not None for member in unfinished)


def _check_format(path: Path, content: Any) -> None:
    """Refuses a newer format before anything else in the manifest is looked at."""
    found = content.get("format") if isinstance(content, dict) else None
    if not isinstance(found, int) or isinstance(found, bool):
        raise RunError(f"{path}: not a dltrain run: expected a 'format' number")
    if found != FORMAT:
        raise RunError(
            f"{path}: unknown run format, expected {FORMAT}, got {found}",
            hint="a newer dltrain wrote this run: upgrade dltrain" if found > FORMAT else None,
        )


def _read_document(path: Path, manifest: Manifest) -> Document:
    return _document(path, _read_document_bytes(path, manifest))


def _read_document_bytes(path: Path, manifest: Manifest) -> bytes:
    return read_verified(path, manifest.files[path.name], max_bytes=MAX_BYTES)


def _document(path: Path, content: bytes) -> Document:
    try:
        return read_yaml(content, source=str(path))
    except ConfigError as error:
        raise RunError(f"{path}: damaged run: {error.message}") from error


def _read_json(path: Path, manifest: Manifest, model: type[SectionT]) -> SectionT:
    content = read_verified(path, manifest.files[path.name], max_bytes=MAX_JSON_BYTES)
    try:
        return parse_json(content, model)
    except ValueError as error:
        raise RunError(f"{path}: damaged run: {error}") from error


def _read_onnx(path: Path, manifest: Manifest, config: Config, preprocessing: Preprocessing) -> bytes:
    """Reads the network if its size can be right, and checks that it is the one the config describes."""
    plan = plan_of(config, preprocessing)
    entry = manifest.files[path.name]
    if entry.size < plan.weight_bytes:
        raise RunError(f"{path}: damaged run: expected {plan.weight_bytes:,} bytes of weights, got {entry.size:,}")
    content = read_verified(path, entry, max_bytes=plan.max_bytes)
    try:
        check_onnx(content, plan)
    except ValueError as error:
        raise RunError(f"{path}: damaged run: {error}") from error
    return content
