"""S5: any YAML gives a config or a clean error. 5,000 documents; `DLTRAIN_FUZZ=10` tries ten times as many."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.config import config_from_dict
from dltrain.errors import ConfigError
from tests.config.mutations import mutated, mutations
from tests.config.outcomes import FUZZ, assert_clean, assert_config_or_clean_error, assert_laws
from tests.config.strategies import documents, spoilt_documents
from tests.conftest import GOLDEN, PROJECT

CONFIGS = [*sorted((PROJECT / "configs").rglob("*.yaml")), GOLDEN / "people.yaml"]
MUTATIONS, SPOILT, VALID, SOUP, VALUES = 150, 800, 150, 400, 200
ALPHABET = "[]{}:,-?&*!|>'\"%@`# \n\tab1.~<=\\"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "fit.yaml"


def test_s5_at_least_5000_documents_are_tried() -> None:
    assert MUTATIONS * len(CONFIGS) + SPOILT + VALID + SOUP + VALUES >= 5_000


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.stem)
def test_s5_a_damaged_config_gives_a_config_or_a_clean_error(config: Path, path: Path) -> None:
    assert_config_or_clean_error(config.read_bytes(), path)
    for text in mutations(config.read_bytes(), MUTATIONS * FUZZ, seed=config.stem):
        try:
            assert_config_or_clean_error(text, path)
        except Exception as error:
            error.add_note(f"The text was {text!r}")
            raise


@settings(max_examples=SPOILT * FUZZ, deadline=None, suppress_health_check=SLOW)
@given(document=spoilt_documents(), style=st.sampled_from(["json", "ascii", "flow", "block"]), seed=st.integers(0, 99))
def test_s5_a_spoilt_document_gives_a_config_or_a_clean_error(path: Path, document: Any, style: str, seed: int) -> None:
    text = written(document, style)
    if seed < 30:
        text = mutated(text, random.Random(seed))  # noqa: S311 - only to damage texts
    assert_config_or_clean_error(text, path)


@settings(max_examples=VALID * FUZZ, deadline=None, suppress_health_check=SLOW)
@given(document=documents())
def test_s5_a_document_along_the_schema_gives_a_config_or_a_clean_error(path: Path, document: Any) -> None:
    assert_config_or_clean_error(written(document, "json"), path)


@settings(max_examples=SOUP * FUZZ, deadline=None)
@given(text=st.one_of(st.text().map(str.encode), st.text(ALPHABET).map(str.encode), st.binary()))
def test_s5_any_text_gives_a_clean_error(path: Path, text: bytes) -> None:
    assert_config_or_clean_error(text, path)


@settings(max_examples=VALUES * FUZZ, deadline=None, suppress_health_check=SLOW)
@given(
    content=st.one_of(
        spoilt_documents(),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary(), st.just(object())),
            lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(st.text(), st.integers()), inner)),
        ),
    )
)
def test_s5_any_mapping_gives_a_config_or_a_clean_error(path: Path, content: Any) -> None:
    try:
        loaded = config_from_dict(content)
    except ConfigError as error:
        assert_clean(str(error), "config", str(content), has_lines=False)
    else:
        assert_laws(loaded, path)


def written(document: Any, style: str) -> bytes:
    """A document as YAML in one of several styles."""
    if style in ("json", "ascii"):
        text = json.dumps(document, ensure_ascii=style == "ascii")
        return text.replace("-Infinity", "-.inf").replace("Infinity", ".inf").replace("NaN", ".nan").encode()
    text = yaml.safe_dump(document, default_flow_style=style == "flow", allow_unicode=True, sort_keys=False)
    return text.encode()
