"""manifest.json: what a run directory holds and where it came from."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from dltrain.config.sections.data import Task
from dltrain.config.sections.section import Section

FORMAT = 1
"""Number of the run directory's format; readers refuse numbers they do not know."""

MANIFEST_NAME = "manifest.json"

REPORT_NAME = "report.html"
"""The page of a run, or of a group of them. Nothing reads it, so one without it, or with another one, is whole."""


def _moment(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]
Moment = Annotated[str, AfterValidator(_moment)]
"""ISO 8601."""
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=100)]
"""A name in the directory itself: nothing in a manifest can lead out of it."""


class FileEntry(Section):
    """A file of the run directory."""

    size: Count
    """In bytes."""
    sha256: Sha256
    """Of the whole file."""


class DataFile(FileEntry):
    """A table the run was made from."""

    path: str
    """As it was read, absolute."""
    rows: Count
    """Data rows in it, with and without a target."""


class Manifest(Section):
    """The first file that is read, and the last that is written."""

    format: Literal[1]
    """Format number of the directory."""
    created: Moment
    """When, in ISO 8601 with time zone."""
    task: Task
    """What kind of prediction."""
    seed: Count
    """training.seed."""
    versions: dict[str, str]
    """Python, dltrain and the libraries that made the run."""
    data: dict[Literal["data", "test", "validation"], DataFile]
    """The table, and the separate test and validation files when there are any."""
    files: dict[FileName, FileEntry]
    """Every other file of the directory."""
    sha256: Sha256 | None = None
    """Of the rest of the manifest, see `manifest_sha256`, against damage; the first runs of format 1 have none."""


def manifest_sha256(content: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest's content without its own `sha256`: as JSON in ASCII, keys sorted, no white space.

    >>> manifest_sha256({"seed": 0, "format": 1}) == manifest_sha256({"format": 1, "seed": 0, "sha256": "any"})
    True
    """
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file as 64 hexadecimal digits.

    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     sha256_of(Path(file.name))[:8]
    'e3b0c442'
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
