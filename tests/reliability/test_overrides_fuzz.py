"""S5 for `KEY=VALUE`: any override gives a config or a clean error; `DLTRAIN_FUZZ=10` tries ten times as many."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.config.mutations import VALUES
from tests.config.outcomes import FUZZ, assert_config_or_clean_error
from tests.config.strategies import SCHEMA
from tests.conftest import GOLDEN

TEXT = (GOLDEN / "people.yaml").read_bytes()
NAMES = sorted({*SCHEMA["properties"]}.union(*(section.get("properties", ()) for section in SCHEMA["$defs"].values())))
PARTS = st.one_of(
    st.sampled_from([*NAMES, "layers.0", "layers.9", "layers.-1", "columns.age", "columns.a.b", "training.optimizer"]),
    st.sampled_from(['columns."a=b"', '"a.b"', '"\\ud800"', '"']),
    st.text(max_size=6),
    st.characters(),
)
KEYS = st.lists(PARTS, max_size=5).map(".".join)
SECTIONS = [
    *("data", "split", "preprocessing.numeric", "preprocessing.columns.age", "preprocessing.target", "model.layers.0"),
    *("model.output", "training", "training.optimizer", "training.optimizer.learning_rate", "training.loss"),
    *("training.class_weight", "training.early_stopping"),
]
KNOWN = st.builds("{}.{}".format, st.sampled_from(SECTIONS), st.sampled_from(NAMES))
YAML = st.one_of(
    st.sampled_from(VALUES), st.text(max_size=20), st.text("[]{}:,-?&*!|>'\"%@`# \n\tab1.~<=\\", max_size=12)
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "fit.yaml"


@settings(max_examples=1_000 * FUZZ, deadline=None)
@given(st.lists(st.builds("{}={}".format, st.one_of(KEYS, KNOWN, KNOWN), YAML), min_size=1, max_size=3))
@example(["training.epochs"])
@example(["="])
@example(["training.seed=" + "9" * 10**6])
@example(["k" * 10**6 + "=1"])
@example([".".join("k" * 10**5) + "=1"])
@example(["data.target=\udcff"])
@example(['."\\' * 10**5 + "=1"])
@example(["data.target=" + "&a [*a]"])
@example(["data.features=" + "[" * 10**5])
@example(['data.target="\\x1b[31m"', 'data.features=["\\x1b[31m"]'])
def test_s5_any_override_gives_a_config_or_a_clean_error(path: Path, overrides: list[str]) -> None:
    assert_config_or_clean_error(TEXT, path, overrides)
