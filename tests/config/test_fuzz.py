"""Any text gives a config or a clean error, within a second and 200 MB (promise S5)."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.config.load import config_from_dict, load_config
from dltrain.config.yaml_reader import MAX_VALUES
from dltrain.errors import ConfigError
from tests.config.strategies import spoilt_documents

GOOD = """\
data:
  path: ../data/hotel.csv.gz # a comment
  target: is_canceled
  task: binary
  positive: "1"
  features: [lead_time, adr]
split: {strategy: stratified, test: 0.2, validation: 0.16, seed: 0}
preprocessing:
  columns:
    lead_time: {impute: constant, fill_value: 0, scale: min_max}
model:
  layers:
    - {type: dense, units: 256, activation: relu, kernel_regularizer: {type: l2, l2: 1e-4}}
    - {type: dropout, rate: 0.3}
training:
  optimizer: {type: adam, learning_rate: {type: cosine_decay, initial_learning_rate: 1e-3}}
  early_stopping: {monitor: val_loss, patience: 5}
  class_weight: {0: 1, no: 2}
metrics: [accuracy, roc_auc]
"""
HEAD = "data: {path: a.csv, target: y}\nmodel: {layers: []}\n"
PIECES = [
    "\n",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "#",
    "&a ",
    "*a",
    "!t ",
    "<<",
    "|",
    ">",
    "?",
    "null",
    "1e9",
]
FUZZ = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good config with a few pieces cut out, put in or doubled."""
    text = GOOD.encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        piece = draw(
            st.one_of(
                st.sampled_from(PIECES).map(str.encode),
                st.text(max_size=3).map(str.encode),
                st.just(text[start:end] * 2),
            )
        )
        text = text[:start] + piece + text[end:]
    return text


def outcome_of(text: bytes, path: Path, overrides: list[str]) -> str:
    path.write_bytes(text)
    try:
        load_config(path, overrides)
    except ConfigError as error:
        return str(error)
    return "read"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "fit.yaml"


def test_the_good_config_is_read(path: Path) -> None:
    assert outcome_of(GOOD.encode(), path, []) == "read"


@FUZZ
@given(text=mutations())
def test_any_mutation_gives_a_config_or_a_clean_error(path: Path, text: bytes) -> None:
    message = outcome_of(text, path, [])
    assert message == "read" or all(
        line.startswith((f"{path}:", "    hint: ", "hint: ")) for line in message.splitlines()
    )


@FUZZ
@given(document=spoilt_documents())
def test_any_document_gives_a_config_or_a_clean_error(path: Path, document: Any) -> None:
    message = outcome_of(json.dumps(document).replace("NaN", ".nan").replace("Infinity", ".inf").encode(), path, [])
    assert "pydantic" not in message
    assert "expected another value" not in message


@FUZZ
@given(
    key=st.sampled_from(["training.optimizer.", "model.layers.0.", "preprocessing.columns.a.", "data.", ""]),
    rest=st.text(),
)
def test_any_override_gives_a_config_or_a_clean_error(path: Path, key: str, rest: str) -> None:
    outcome_of(GOOD.encode(), path, [key + rest, f"{key}x={rest}"])


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.just(object())),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(st.text(), st.integers()), inner)),
    )
)
def test_any_python_value_gives_a_config_or_a_clean_error(content: Any) -> None:
    with pytest.raises(ConfigError):
        config_from_dict(content)


def many(item: str, n_values: int = MAX_VALUES - 20) -> str:
    return ",".join(item.format(n) for n in range(n_values))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEAD + "".join(f"k{n}: {n}\n" for n in range(MAX_VALUES - 20)), id="unknown keys"),
        pytest.param(HEAD.replace("y}", f"y, features: [{many('c{}')}]}}"), id="features"),
        pytest.param(HEAD.replace("y}", f"y, features: [{many('1')}]}}"), id="wrong features"),
        pytest.param(HEAD + f"metrics: [{many('rmse')}]", id="metrics"),
        pytest.param(HEAD + f"preprocessing: {{columns: {{{many('c{}: {{kind: x}}', 24_000)}}}}}", id="columns"),
        pytest.param(HEAD + f"training: {{class_weight: {{{many('c{}: -1')}}}}}", id="class weights"),
        pytest.param(HEAD.replace("[]", f"[{many('{{type: dense, unit: 1}}', 16_000)}]"), id="layers"),
    ],
)  # fmt: skip
def test_the_largest_configs_take_less_than_a_second(text: str, path: Path) -> None:
    start = time.process_time()
    message = outcome_of(text.encode(), path, ["training.seed=1"])
    assert time.process_time() - start < 1.0
    assert len(message) < 10_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux' /proc")
def test_the_largest_config_takes_less_than_200_mb(path: Path) -> None:
    path.write_text(HEAD + f"training: {{class_weight: {{{many('c{}: -1')}}}}}", encoding="utf-8")
    # The peak since the program started; getrusage would count this process too, which forked it.
    code = (
        "from pathlib import Path; from dltrain.config import load_config\n"
        "from dltrain.errors import ConfigError\n"
        f"try: load_config(Path({str(path)!r}))\n"
        "except ConfigError: print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(result.stdout) < 200_000
