import threading

import pytest

from dltrain.errors import ConfigError, DataError
from dltrain.features import columns
from dltrain.features.columns import for_each_column
from tests.conftest import PATIENCE


def refuse(name: str) -> None:
    raise DataError(f"column '{name}' is bad", hint=None if name == "a" else f"drop {name[0]}")


def test_results_keep_the_order_of_the_names() -> None:
    assert list(for_each_column(["b", "a"], str.upper).items()) == [("b", "B"), ("a", "A")]


def test_a_single_error_stays_as_it_is() -> None:
    with pytest.raises(DataError) as caught:
        for_each_column(["b"], refuse)

    assert str(caught.value) == "column 'b' is bad\nhint: drop b"


def test_errors_of_several_columns_come_in_one_message() -> None:
    with pytest.raises(DataError) as caught:
        for_each_column(["a", "b", "c", "c2"], refuse)

    assert caught.value.message.splitlines() == [f"column '{name}' is bad" for name in ("a", "b", "c", "c2")]
    assert caught.value.hint == "drop b; drop c"


def test_many_errors_are_counted() -> None:
    with pytest.raises(DataError) as caught:
        for_each_column([f"x{number}" for number in range(1_005)], refuse)

    assert len(caught.value.message.splitlines()) == 6
    assert caught.value.message.endswith("and 1,000 more columns with problems")


def test_other_errors_are_not_collected() -> None:
    with pytest.raises(KeyError):
        for_each_column(["a", "b"], {"b": 1}.__getitem__)


def test_the_family_of_the_error_is_kept() -> None:
    def misconfigured(name: str) -> None:
        raise ConfigError(name)

    with pytest.raises(ConfigError, match="a\nb"):
        for_each_column(["a", "b"], misconfigured)


def test_long_columns_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "available_cores", lambda: 2)
    both_at_work = threading.Barrier(2, timeout=PATIENCE)

    results = for_each_column(["a", "b", "c", "d"], lambda name: (name, both_at_work.wait())[0], n_rows=1_000_000)

    assert list(results.items()) == [(name, name) for name in "abcd"]


def test_errors_of_long_columns_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "available_cores", lambda: 3)
    last_is_done = threading.Event()

    def refuse_last_first(name: str) -> None:
        if name == "c":
            last_is_done.set()
        assert last_is_done.wait(PATIENCE)
        refuse(name)

    with pytest.raises(DataError) as caught:
        for_each_column(["a", "b", "c"], refuse_last_first, n_rows=1_000_000)

    assert caught.value.message.splitlines() == [f"column '{name}' is bad" for name in "abc"]


def test_short_columns_start_no_thread() -> None:
    threads = for_each_column(["a", "b"], lambda _: threading.current_thread(), n_rows=100_000)

    assert set(threads.values()) == {threading.current_thread()}
