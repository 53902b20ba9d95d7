from collections import Counter

import pyarrow as pa
import pytest

from dltrain.config import config_from_dict
from dltrain.profiling import profile_column
from dltrain.table import Table
from dltrain.workflows.checking import spared_texts
from dltrain.workflows.checking.spared_texts import NumberOwners


def test_each_number_is_looked_for_once_and_words_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: Counter[str] = Counter()
    holds = spared_texts._holds

    def counted(table: Table, name: str, texts: set[str]) -> bool:
        looked_at[name] += 1
        return holds(table, name, texts)

    monkeypatch.setattr(spared_texts, "_holds", counted)
    columns = {"a": ["-999", "-998", "3"] * 9, "b": [str(n) for n in range(27)], "y": ["1", "2", "3"] * 9}
    table = Table(pa.table(columns), "table")
    config = config_from_dict({"data": {"path": "t.csv", "target": "y"}, "model": {"layers": []}}).config
    owners = NumberOwners(table, {name: profile_column(table, name) for name in columns}, config)

    assert list(owners.of(frozenset({"none", "n/k"}), but="x")) == []
    assert not looked_at
    assert list(owners.of(frozenset({"-999", "none"}), but="x")) == ["the numbers of 'a'"]
    assert list(owners.of(frozenset({"-999"}), but="a")) == []
    assert set(looked_at.values()) == {1}
