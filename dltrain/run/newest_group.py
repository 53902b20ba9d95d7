"""The newest cross-validation or set of seeds of a folder."""

from pathlib import Path
from typing import Final

from dltrain.run.average import average_path
from dltrain.run.checkpoint import CHECKPOINT
from dltrain.run.manifest import MANIFEST_NAME
from dltrain.run.members import FOLDS, SEEDS, Group, is_finished
from dltrain.run.opening import mtime_ns

_CHANGING: Final = (MANIFEST_NAME, CHECKPOINT)


def newest_group(parent: Path) -> tuple[Path, Group] | None:
    """The group below `parent` that was written last, finished or not, if no run of its own there is newer."""
    groups = [
        (path.parent, group)
        for group in (FOLDS, SEEDS)
        for path in parent.glob(f"*/{group.origin_name}")
        if not path.parent.name.startswith(".")
    ]
    if not groups:
        return None
    newest = max(groups, key=lambda found: (changed_ns(*found), found[0].name))
    runs = [mtime_ns(path) for name in _CHANGING for path in parent.glob(f"*/{name}")]
    return newest if changed_ns(*newest) > max(runs, default=0) else None


def changed_ns(path: Path, group: Group) -> int:
    """When a group was written last, in nanoseconds since 1970: its result or average, or the last of its runs."""
    if is_finished(path, group):
        return max(mtime_ns(path / group.summary_name), mtime_ns(average_path(path) / MANIFEST_NAME))
    members = [mtime_ns(found) for name in _CHANGING for found in path.glob(f"{group.member}-*/{name}")]
    return max(members, default=mtime_ns(path / group.origin_name))
