"""What the runs of a group have in common."""

from pathlib import Path

import pytest

from dltrain.run import Diagnosis, RunMetrics
from dltrain.run.loading import read_result
from dltrain.run.members import FOLDS, SEEDS, Group
from dltrain.run.shared_diagnosis import SharedDiagnosis, read_shared_diagnosis
from tests.run.groups import write_group

DEAD, STOPPED, STOPPED_LATER = (
    Diagnosis(topic="dead_units", message="99% of them", change="training.optimizer.learning_rate=0.01"),
    Diagnosis(topic="stopped_too_early", message="after 8 epochs", change="training.epochs=16"),
    Diagnosis(topic="stopped_too_early", message="after 9 epochs", change="training.epochs=18"),
)


@pytest.mark.parametrize("group", [SEEDS, FOLDS])
def test_every_topic_is_told_once_the_most_frequent_first(
    group: Group, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_group(tmp_path, "people", group)
    said = {f"{group.member}-1": (DEAD, STOPPED), f"{group.member}-2": (STOPPED_LATER,)}
    manifest, metrics = read_result(path / f"{group.member}-1")

    def result(run: Path) -> tuple[object, RunMetrics]:
        return manifest, metrics.model_copy(update={"diagnosis": said[run.name]})

    monkeypatch.setattr("dltrain.run.shared_diagnosis.read_result", result)
    assert read_shared_diagnosis(path, group, 2) == (
        SharedDiagnosis(STOPPED, f"{group.member}-1", 2),
        SharedDiagnosis(DEAD, f"{group.member}-1", 1),
    )


def test_healthy_runs_have_none(tmp_path: Path) -> None:
    assert read_shared_diagnosis(write_group(tmp_path, "people", SEEDS), SEEDS, 2) == ()
