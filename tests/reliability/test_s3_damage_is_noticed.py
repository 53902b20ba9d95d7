"""S3: whatever happens to the bytes of a run, it predicts the same or is refused with a clean error."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from dltrain.errors import RunError
from dltrain.run import Run, load_run
from dltrain.run.manifest import manifest_sha256
from dltrain.scoring import Predictor
from dltrain.table import Table, read_table
from tests.conftest import GOLDEN

N_DAMAGES: Final = 1_000
"""For each of two runs."""

Damage = Callable[[random.Random, bytearray], None]


def flip_bit(dice: random.Random, content: bytearray) -> None:
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def change_byte(dice: random.Random, content: bytearray) -> None:
    content[dice.randrange(len(content))] = dice.randrange(256)


def cut_off(dice: random.Random, content: bytearray) -> None:
    del content[dice.randrange(len(content)) :]


def lose_a_page(dice: random.Random, content: bytearray) -> None:
    start = dice.randrange(len(content))
    end = min(start + 512, len(content))
    content[start:end] = bytes(end - start)


def lose_a_byte(dice: random.Random, content: bytearray) -> None:
    del content[dice.randrange(len(content))]


def repeat_a_piece(dice: random.Random, content: bytearray) -> None:
    start = dice.randrange(len(content))
    content[start:start] = content[start : start + dice.randrange(1, 100)]


DAMAGES: Final[tuple[Damage, ...]] = (
    flip_bit,
    flip_bit,
    change_byte,
    cut_off,
    lose_a_page,
    lose_a_byte,
    repeat_a_piece,
)


@pytest.fixture(scope="module")
def people() -> Table:
    return read_table(GOLDEN / "people.csv")


def predicted(run: Run, table: Table) -> np.ndarray:
    return Predictor.from_run(run, threads=1).predict_encoded(run.preprocessing.encode(table))


def with_hash_of_itself(path: Path) -> None:
    content = json.loads((path / "manifest.json").read_text())
    content["sha256"] = manifest_sha256(content)
    (path / "manifest.json").write_text(json.dumps(content, indent=2) + "\n")


@pytest.mark.parametrize("prepare", [lambda path: None, with_hash_of_itself], ids=["first runs", "runs of today"])
def test_s3_damage_is_noticed_or_harmless(tmp_path: Path, people: Table, prepare: Callable[[Path], None]) -> None:
    path = shutil.copytree(GOLDEN / "people-1", tmp_path / "run")
    prepare(path)
    good = load_run(path)
    expected = predicted(good, people)
    files = {file: file.read_bytes() for file in sorted(path.iterdir())}
    dice = random.Random(0)  # noqa: S311 - the same damage every time
    n_refused = 0
    for _ in range(N_DAMAGES):
        file, damage = dice.choice(list(files)), dice.choice(DAMAGES)
        content = bytearray(files[file])
        damage(dice, content)
        file.write_bytes(content)
        try:
            run = load_run(path)
        except RunError as error:
            assert str(path) in error.message  # noqa: PT017 - most of them are refused, some are harmless
            n_refused += 1
        else:
            np.testing.assert_array_equal(predicted(run, people), expected)
            assert content == files[file] or file.name == "manifest.json"
            if good.manifest.sha256 is not None:
                assert run.manifest == good.manifest
        file.write_bytes(files[file])
    assert n_refused > 0.9 * N_DAMAGES


def test_s3_every_bit_of_todays_manifest_counts(tmp_path: Path) -> None:
    path = shutil.copytree(GOLDEN / "people-1", tmp_path / "run")
    with_hash_of_itself(path)
    good = load_run(path)
    file = path / "manifest.json"
    content = file.read_bytes()
    for position in range(len(content)):
        damaged = bytearray(content)
        damaged[position] ^= 1 << position % 7
        file.write_bytes(damaged)
        try:
            assert load_run(path).manifest == good.manifest, position
        except RunError:
            continue
        assert content[position : position + 1].isspace()  # white space that became another one


def test_s3_the_bytes_that_were_verified_are_those_that_predict(tmp_path: Path, people: Table) -> None:
    path = shutil.copytree(GOLDEN / "people-1", tmp_path / "run")
    run = load_run(path)
    (path / "model.onnx").write_bytes(b"replaced meanwhile")
    (path / "config.yaml").unlink()
    assert run.onnx == (GOLDEN / "people-1/model.onnx").read_bytes()
    assert run.loaded_config.config == run.config
    assert str(run.loaded_config.document.place(("data", "path"))) == f"{path}/config.yaml:2:9"
