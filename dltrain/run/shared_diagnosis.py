"""What the runs of a group could do better, each topic once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dltrain.run.loading import read_result
from dltrain.run.members import Group, member_path
from dltrain.run.metrics_file import Diagnosis


@dataclass(frozen=True)
class SharedDiagnosis:
    """One topic over the runs.

    Attributes:
        first: What the first run that it was found in says of it.
        member: The name of that run.
        count: How many runs it was found in.
    """

    first: Diagnosis
    member: str
    count: int


def shared_diagnosis(runs: Iterable[tuple[str, Sequence[Diagnosis]]]) -> tuple[SharedDiagnosis, ...]:
    """What was found in several runs: what most of them share first.

    Args:
        runs: The name of each, and what was found in it.
    """
    found: dict[str, SharedDiagnosis] = {}
    for name, diagnoses in runs:
        for diagnosis in diagnoses:
            known = found.get(diagnosis.topic) or SharedDiagnosis(diagnosis, name, 0)
            found[diagnosis.topic] = SharedDiagnosis(known.first, known.member, known.count + 1)
    return tuple(sorted(found.values(), key=lambda shared: -shared.count))


def read_shared_diagnosis(path: Path, group: Group, total: int) -> tuple[SharedDiagnosis, ...]:
    """Reads what was found in the runs of a finished group.

    Args:
        path: The directory.
        group: What kind of group.
        total: How many runs it has.

    Raises:
        RunError: One of them is missing or damaged.
    """
    members = [member_path(path, group, number) for number in range(1, total + 1)]
    return shared_diagnosis((member.name, read_result(member)[1].diagnosis) for member in members)
