"""S5: what is made to be large ends within a second and 200 MB."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dltrain.config import config_from_dict
from dltrain.config.yaml.reader import MAX_BYTES, MAX_VALUES
from dltrain.errors import ConfigError
from tests.config.outcomes import MAX_SECONDS, assert_clean
from tests.speed import allowed

HEAD = "data: {path: a.csv, target: y}\nmodel: {layers: []}\n"
MAX_MEGABYTES = 200
N_LONG = MAX_BYTES - 1_000


def data(extra: str) -> str:
    return HEAD.replace("y}", f"y, {extra}}}")


def training(extra: str) -> str:
    return HEAD + f"training: {{{extra}}}"


def columns(extra: str) -> str:
    return HEAD + f"preprocessing: {{columns: {{{extra}}}}}"


def layers(extra: str) -> str:
    return HEAD.replace("[]", f"[{extra}]")


def many(item: str, n: int = MAX_VALUES - 20) -> str:
    return ",".join(item.format(number) for number in range(n))


def padded(n_bytes: int) -> str:
    return HEAD + "#" * (n_bytes - len(HEAD))


BOMBS = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "an alias of itself": "&a [*a]",
    "as many bytes as allowed": padded(MAX_BYTES),
    "a byte too many": padded(MAX_BYTES + 1),
    "a gibibyte of nothing": "",
    "33 lists": "[" * 33 + "]" * 33,
    "33 mappings": HEAD + "x: " + "{a: " * 32 + "1" + "}" * 32,
    "lists without an end": "[" * MAX_BYTES,
    "mappings without an end": "{a: " * (MAX_BYTES // 4),
    "keys without an end": "? " * (MAX_BYTES // 2),
    "100,000 keys": "".join(f"k{n}: \n" for n in range(100_000)),
    "100,000 items": "- 1\n" * 100_000,
    "an integer of many digits": training(f"epochs: {'9' * N_LONG}"),
    "a hexadecimal of many digits": training(f"epochs: 0x{'f' * N_LONG}"),
    "a fraction of many digits": data(f"positive: 0.{'9' * N_LONG}"),
    "an enormous exponent": training("optimizer: {type: adam, learning_rate: 1e999999999}"),
    "a tiny exponent": training("optimizer: {type: adam, learning_rate: 1e-999999999}"),
    "an exponent of many digits": training(f"optimizer: {{type: adam, learning_rate: 1e{'9' * N_LONG}}}"),
    "a long line": HEAD + "metrics: " + "a b " * (N_LONG // 4),
    "a long quoted line": training('early_stopping: {monitor: "' + "\\n" * (N_LONG // 2) + '"}'),
    "a long key": HEAD + f'? "{"k" * N_LONG}"\n: 1',
    "a long path": HEAD.replace("a.csv", "x/" * (N_LONG // 2)),
    "a path of many parents": HEAD.replace("a.csv", "../" * (N_LONG // 3)),
    "a long column, twice": data(f"drop: [{'z' * (N_LONG // 2)}, {'z' * (N_LONG // 2)}]"),
    "a long type": layers(f"{{type: {'x' * N_LONG}}}"),
    "unknown keys": HEAD + "".join(f"k{n}: {n}\n" for n in range(MAX_VALUES - 20)),
    "almost known keys": training(f"optimizer: {{type: adam, {many('learning_rat{}: 1', MAX_VALUES - 20)}}}"),
    "unknown keys of many layers": layers(many("{{type: dense, unit: 1}}", MAX_VALUES // 3 - 20)),
    "layers": layers(many("{{type: dense, units: 65536}}", 256)),
    "wrong features": data(f"features: [{many('1')}]"),
    "features": data(f"features: [{many('c{}')}]"),
    "features that are the target": data(f"features: [{many('y')}]"),
    "metrics": HEAD + f"metrics: [{many('rmse')}]",
    "wrong columns": columns(many("c{}: {{kind: x}}", MAX_VALUES // 2 - 20)),
    "columns that do not fit": columns(many("c{}: {{kind: numeric, encode: one_hot}}", MAX_VALUES // 3 - 20)),
    "class weights": training(f"class_weight: {{{many('c{}: 1')}}}"),
    "wrong class weights": training(f"class_weight: {{{many('c{}: -1')}}}"),
    "class weights out of range": training(f"class_weight: {{{many('c{}: 1e300')}}}"),
    "boundaries": training(
        f"optimizer: {{type: sgd, learning_rate: {{type: piecewise_constant_decay, boundaries: [{many('1')}]}}}}"
    ),
}

# Reads every file it is given; says how long each took, what was wrong, and what all took in memory.
PROGRAM = """
import json, sys, time
from pathlib import Path
from dltrain.config import load_config
from dltrain.errors import ConfigError
outcomes = {}
for path in map(Path, sys.argv[1:]):
    start = time.process_time()
    try:
        load_config(path, ["training.seed=1"])
        message = None
    except ConfigError as error:
        message = str(error)
    outcomes[path.name] = (time.process_time() - start, message)
peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
print(json.dumps({"outcomes": outcomes, "peak_kilobytes": int(peak)}))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux' /proc to measure memory")
def test_s5_no_bomb_takes_more_than_a_second_or_200_mb(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.yaml" for number in range(len(BOMBS))]
    for path, text in zip(paths, BOMBS.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    with paths[list(BOMBS).index("a gibibyte of nothing")].open("wb") as file:
        file.truncate(2**30)
    done = subprocess.run([sys.executable, "-c", PROGRAM, *paths], capture_output=True, text=True, check=True)
    result, most_seconds = json.loads(done.stdout), allowed(MAX_SECONDS)
    for name, path in zip(BOMBS, paths, strict=True):
        seconds, message = result["outcomes"][path.name]
        assert seconds < most_seconds, name
        if message is not None:
            assert_clean(message, str(path))
    assert result["peak_kilobytes"] < MAX_MEGABYTES * 1_000


def test_s5_a_bomb_that_another_reader_has_read_is_refused() -> None:
    bomb: list[object] = ["x"] * 9
    for _ in range(30):
        bomb = [bomb] * 9
    with pytest.raises(ConfigError, match="config: expected at most 65,000 values, got more"):
        config_from_dict({"data": bomb})
