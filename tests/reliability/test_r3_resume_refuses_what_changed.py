"""R3: a run goes on with what it was begun with, or not at all."""

import dataclasses
import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dltrain.errors import RunError
from dltrain.run import Checkpoint
from dltrain.run.checkpoint import CHECKPOINT, read_checkpoint, write_first_checkpoint
from tests.conftest import GOLDEN
from tests.reliability.fit_launcher import epoch_over
from tests.reliability.fit_recipes import write_recipes
from tests.reliability.fit_results import check_finished, contents, fingerprint, names, newest_state
from tests.reliability.fitting import FUZZ, Launcher, LightFit, Uninterrupted

pytestmark = pytest.mark.slow

RECIPE = "weights"
N_DAMAGES = 200 * FUZZ


@pytest.fixture(scope="module")
def folder(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, a config, and a run that was killed after some checkpoints."""
    folder = tmp_path_factory.mktemp("changing")
    write_recipes(folder)
    run = folder / "runs" / f"{RECIPE}-1"
    process = launcher.start(folder / f"{RECIPE}.yaml", "--runs", run.parent, "-q", waits_at=epoch_over(50))
    process.wait_until(lambda: newest_state(run) >= 2 or process.is_waiting)
    assert process.kill().code < 0
    assert newest_state(run) >= 2
    return folder


@pytest.fixture
def run(folder: Path, tmp_path: Path) -> Path:
    """A copy of the run."""
    return shutil.copytree(folder / "runs" / f"{RECIPE}-1", tmp_path / f"{RECIPE}-1")


@pytest.fixture
def config(folder: Path) -> Path:
    """The config the run was begun with."""
    return folder / f"{RECIPE}.yaml"


@pytest.fixture
def table(folder: Path) -> Iterator[Path]:
    """The table the run was begun with; may be changed for a while."""
    path = folder / "table.csv"
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


@pytest.fixture
def resume(light_fit: LightFit) -> LightFit:
    """Runs `dltrain fit --resume` where TensorFlow cannot be imported."""
    return partial(light_fit, "--resume")


def rewrite(run: Path, checkpoint: Checkpoint) -> None:
    """Puts a checkpoint in the place of all others."""
    shutil.rmtree(run / CHECKPOINT)
    write_first_checkpoint(run / CHECKPOINT, checkpoint)


def damage(path: Path) -> None:
    """Changes a byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def states(run: Path) -> list[Path]:
    """The checkpoint files, oldest first."""
    return sorted((run / CHECKPOINT).glob("state-*"), key=lambda path: int(path.stem.removeprefix("state-")))


def test_r3_another_learning_rate_as_an_override_is_refused(run: Path, resume: LightFit) -> None:
    key = "training.optimizer.learning_rate.initial_learning_rate"
    before = contents(run)
    ended = resume(run, f"{key}=0.02")
    assert ended.code == 2
    assert ended.err.startswith(f"error: {run}: a run goes on with the config it was begun with; this one differs\n")
    assert f"{key}: expected 0.01, got 0.02" in ended.err
    assert contents(run) == before


def test_r3_another_learning_rate_in_the_config_is_refused(run: Path, config: Path, resume: LightFit) -> None:
    other = config.with_name("other.yaml")
    other.write_text(config.read_text().replace("initial_learning_rate: 0.01", "initial_learning_rate: 0.03"))
    before = contents(run)
    ended = resume(run, other, may_import=True)
    assert ended.code == 2
    assert "training.optimizer.learning_rate.initial_learning_rate: expected 0.01, got 0.03" in ended.err
    assert contents(run) == before


@pytest.mark.parametrize("has_config", [False, True])
@pytest.mark.parametrize(("cell", "other"), [("digit", b"7"), ("digit", b"x"), ("label", b"yes")])
def test_r3_a_changed_table_is_refused(
    run: Path, config: Path, table: Path, resume: LightFit, has_config: bool, cell: str, other: bytes
) -> None:
    """Another number; a text where numbers were; another label, from which other class weights follow."""
    lines = table.read_bytes().split(b"\n")
    if cell == "digit":
        lines[1] = lines[1][:2] + other + lines[1][3:]
    else:
        position = next(number for number, line in enumerate(lines) if b",no," in line)
        lines[position] = lines[position].replace(b",no,", b",yes,")
    table.write_bytes(b"\n".join(lines))
    ended = resume(run, *([config] if has_config else []), may_import=True)
    assert ended.code == 3, ended.err
    assert str(table) in ended.err


def test_r3_another_version_is_refused(run: Path, resume: LightFit) -> None:
    old = read_checkpoint(run / CHECKPOINT)
    versions = {**old.origin.versions, "tensorflow": "2.0.0"}
    rewrite(run, dataclasses.replace(old, origin=old.origin.model_copy(update={"versions": versions})))
    ended = resume(run)
    assert ended.code == 2
    assert f"{run}: was begun with other versions" in ended.err
    assert "tensorflow 2.0.0 (here " in ended.err
    assert "numpy" not in ended.err


def test_r3_a_damaged_newest_checkpoint_gives_way_to_the_one_before(
    run: Path, config: Path, launcher: Launcher, uninterrupted: Uninterrupted
) -> None:
    damage(states(run)[-1])
    # The table of the two is the same, byte by byte, but their configs name another path.
    ended = launcher.run("--resume", run, config, "training.epochs=100")
    assert ended.code == 0, ended.err
    assert "the checkpoint before it is used" in ended.err.replace("\n", " ")
    different = {"config.yaml"}
    expected = {name: value for name, value in fingerprint(uninterrupted(RECIPE)).items() if name not in different}
    found = fingerprint(run)
    assert {name: value for name, value in found.items() if name not in different} == expected
    check_finished(run, found)


def test_r3_damaged_checkpoints_alone_are_refused(run: Path, resume: LightFit) -> None:
    for path in states(run):
        damage(path)
    ended = resume(run)
    assert ended.code == 4
    assert ended.err.startswith(f"error: {states(run)[-1]}: damaged checkpoint: ")


def test_r3_no_damage_goes_unnoticed(run: Path) -> None:
    """Bytes that change, and files that are cut, anywhere."""
    rewrite(run, read_checkpoint(run / CHECKPOINT))
    (path,) = states(run)
    whole, dice = path.read_bytes(), random.Random(0)  # noqa: S311
    for number in range(N_DAMAGES):
        # Every other change is in the texts at the beginning.
        position = dice.randrange(len(whole) if number % 2 else 4_000)
        changed = bytearray(whole)
        changed[position] ^= 1 << dice.randrange(8)
        path.write_bytes(whole[:position] if number % 10 == 0 else changed)
        with pytest.raises(RunError, match="damaged checkpoint"):
            read_checkpoint(run / CHECKPOINT)


def test_r3_the_arrays_of_another_network_are_refused(run: Path, launcher: Launcher) -> None:
    old = read_checkpoint(run / CHECKPOINT)
    name = next(name for name in old.arrays if name.startswith("network/"))
    rewrite(run, dataclasses.replace(old, arrays={**old.arrays, name: np.zeros((3, 3), np.float32)}))
    ended = launcher.run("--resume", run, "-q")
    assert ended.code == 4
    assert f"'{name}'" in ended.err
    assert str(run) in ended.err


def test_r3_a_history_of_other_epochs_is_refused(run: Path, resume: LightFit) -> None:
    old = read_checkpoint(run / CHECKPOINT)
    rewrite(run, dataclasses.replace(old, arrays={**old.arrays, "history/loss": np.zeros(99)}))
    ended = resume(run)
    assert ended.code == 4
    assert "expected a history with one number of every kind for each epoch" in ended.err.replace("\n", " ")
    assert str(run) in ended.err.replace("\n", "")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("finished", "expected an unfinished run, this one is finished"),
        ("folder", "expected an unfinished run, got no checkpoint in it"),
        ("empty checkpoint", "expected a checkpoint, got none"),
        ("file", "expected an unfinished run, got no checkpoint in it"),
        ("missing", "expected an unfinished run, got nothing of that name"),
    ],
)
def test_r3_what_is_no_unfinished_run_is_refused(tmp_path: Path, resume: LightFit, kind: str, message: str) -> None:
    path = tmp_path / "this"
    match kind:
        case "finished":
            shutil.copytree(GOLDEN / "people-1", path)
        case "folder":
            path.mkdir()
        case "empty checkpoint":
            (path / CHECKPOINT).mkdir(parents=True)
        case "file":
            path.touch()
    before = names(tmp_path)
    ended = resume(path)
    assert ended.code == 4
    assert str(path) in ended.err
    assert message in ended.err
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    ("option", "message"),
    [("--name", "--name: a resumed run keeps its name"), ("--runs", "--runs: a resumed run stays where it is")],
)
def test_r3_another_place_for_a_resumed_run_is_refused(run: Path, resume: LightFit, option: str, message: str) -> None:
    ended = resume(run, option, "other")
    assert (ended.code, ended.err) == (2, f"error: {message}\n")


def test_r3_a_diverged_run_is_refused(tmp_path: Path, config: Path, launcher: Launcher, resume: LightFit) -> None:
    rate = "training.optimizer={type: sgd, learning_rate: 1e30}"
    ended = launcher.run(config, "--runs", tmp_path / "runs", rate, "-q")
    run = tmp_path / "runs" / f"{RECIPE}-1"
    assert ended.code == 5
    assert f"{run}/checkpoint" in ended.err
    before = contents(run)
    assert all(np.isfinite(array).all() for array in read_checkpoint(run / CHECKPOINT).arrays.values())
    ended = resume(run)
    assert ended.code == 4
    assert f"error: {run}: this training cannot go on: epoch 1, " in ended.err
    assert contents(run) == before
