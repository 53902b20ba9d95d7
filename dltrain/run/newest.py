"""What a folder of runs holds: the run, cross-validation or set of seeds that was written last."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dltrain.errors import RunError
from dltrain.run.atomic import next_number
from dltrain.run.average import average_path, has_average
from dltrain.run.checkpoint import CHECKPOINT, is_unfinished, resume_command
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.members import FOLDS, SEEDS, Group, is_finished
from dltrain.run.opening import mtime_ns

_LAST_LOOKED_AT: Final = 10
"""The last numbers of a name: runs before them were deleted, or fits that came after did not end."""

_CHANGING: Final = (MANIFEST_NAME, CHECKPOINT)


def newest_run(parent: Path) -> Path:
    """The run directory below `parent` that was written last, or that of several seeds whose average was.

    Raises:
        RunError: There is none.
    """
    manifests = _finished(parent)
    if not manifests:
        unfinished = newest_unfinished(parent)
        if unfinished is None:
            raise RunError(f"{parent}: expected a run directory in here, got none", hint="dltrain fit CONFIG makes one")
        hint = f"{resume_command(unfinished)} goes on"
        raise RunError(f"{parent}: expected a finished run in here, got unfinished ones only", hint=hint)
    return max(manifests, key=lambda path: _age_key(manifests[path]))


def newest_unfinished(parent: Path) -> Path | None:
    """The unfinished run below `parent` that was saved last, if none that is finished is newer."""
    runs = [path for path in _visible(parent, f"*/{CHECKPOINT}") if is_unfinished(path.parent)]
    newest = max(runs, key=_age_key, default=None)
    manifest = max(_finished(parent).values(), key=_age_key, default=None)
    if newest is None or (manifest is not None and mtime_ns(manifest) > mtime_ns(newest)):
        return None
    return newest.parent


def last_of_name(parent: Path, name: str) -> Path | None:
    """The finished run `<parent>/<name>-<n>` with the largest n; None where there is none, or no such folder.

    Args:
        parent: A folder of runs.
        name: Of the runs, without a number.
    """
    if not parent.is_dir():
        return None
    numbers = range(next_number(parent, name) - 1, 0, -1)
    paths = (parent / f"{name}-{number}" for number in itertools.islice(numbers, _LAST_LOOKED_AT))
    return next((path for path in paths if (path / MANIFEST_NAME).is_file()), None)


def newest_group(parent: Path) -> tuple[Path, Group] | None:
    """The group below `parent` that was written last, finished or not, if no run of its own there is newer."""
    groups = _groups(parent)
    if not groups:
        return None
    newest = max(groups, key=lambda found: (changed_ns(*found), found[0].name))
    runs = [mtime_ns(path) for name in _CHANGING for path in _visible(parent, f"*/{name}")]
    return newest if changed_ns(*newest) > max(runs, default=0) else None


def newest_finished(parent: Path) -> tuple[Path, int] | None:
    """The finished run, or group of runs, below `parent` that was written last, and when, in nanoseconds since 1970."""
    times = {path: changed_ns(path, group) for path, group in _groups(parent) if is_finished(path, group)}
    times |= {path.parent: mtime_ns(path) for path in _visible(parent, f"*/{MANIFEST_NAME}")}
    return max(times.items(), key=lambda found: (found[1], found[0].name), default=None)


def _groups(parent: Path) -> list[tuple[Path, Group]]:
    """All groups, finished or not."""
    return [(path.parent, group) for group in (FOLDS, SEEDS) for path in _visible(parent, f"*/{group.origin_name}")]


def changed_ns(path: Path, group: Group) -> int:
    """When a group was written last, in nanoseconds since 1970: its result or average, or the last of its runs."""
    if is_finished(path, group):
        return max(mtime_ns(path / group.summary_name), mtime_ns(average_path(path) / MANIFEST_NAME))
    members = [mtime_ns(found) for name in _CHANGING for found in path.glob(f"{group.member}-*/{name}")]
    return max(members, default=mtime_ns(path / group.origin_name))


_OF_ALL_KINDS: Final = (MANIFEST_NAME, FOLDS.origin_name, SEEDS.origin_name)


def runs_hint(path: Path, names_of_files: Sequence[str] = _OF_ALL_KINDS) -> str | None:
    """The run directory, or group of runs, that was meant, or those that are there.

    Args:
        path: Where one was looked for.
        names_of_files: Those that come into question have one of these.
    """
    there = {parent: _names_in(parent, names_of_files) for parent in (path.parent, path.parent / "runs")}
    for parent, names in there.items():
        if path.name in names:
            return f"did you mean '{parent / path.name}'?"
        if numbered := [name for name in names if name.rpartition("-")[0] == path.name]:
            return f"did you mean '{parent / numbered[-1]}'?"
    for parent, names in there.items():
        if names:
            more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
            return f"runs in {parent}: {', '.join(names[-5:])}{more}"
    return None


def _names_in(parent: Path, names_of_files: Sequence[str]) -> list[str]:
    """The directories in a folder that have one of some files."""
    found = [place for name in names_of_files for place in _visible(parent, f"*/{name}")] if parent.is_dir() else []
    return sorted({place.parent.name for place in found}, key=natural)


def _finished(parent: Path) -> dict[Path, Path]:
    """Directories that hold a network to use → their manifests; an average lies in the directory of its seeds."""
    runs = {path.parent: path for path in _visible(parent, f"*/{MANIFEST_NAME}")}
    groups = [path for path in parent.glob("[!.]*") if has_average(path)]
    return runs | {path: average_path(path) / MANIFEST_NAME for path in groups}


def _visible(parent: Path, pattern: str) -> list[Path]:
    return [path for path in parent.glob(pattern) if not path.parent.name.startswith(".")]


def natural(name: str) -> list[tuple[int, str]]:
    """Numbers in a name by their value: wine-2 before wine-10."""
    return [(int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _age_key(path: Path) -> tuple[int, str]:
    return mtime_ns(path), path.parent.name
