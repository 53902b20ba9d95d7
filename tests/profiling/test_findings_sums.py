import numpy as np
import pytest

from dltrain.profiling.findings_sums import sum_findings
from tests.profiling.configs import config_of

RNG = np.random.default_rng(0)
A, B, C = RNG.lognormal(3, 1, size=(3, 400)).round(2)


def found(y: np.ndarray, **columns: np.ndarray) -> dict[str | None, str]:
    return {finding.column: finding.message for finding in sum_findings(columns, y, "y", config_of())}


def test_parts_that_add_up_to_the_target_are_found() -> None:
    assert found(A + B, a=A, b=B, c=C) == {
        "a": "it and 'b' add up to 'y': are both known before 'y' is?",
        "b": "it and 'a' add up to 'y': are both known before 'y' is?",
    }


def test_a_difference_that_is_the_target_is_found() -> None:
    assert found(A - C, a=A, b=B, c=C) == {
        "a": "it less 'c' is 'y': are both known before 'y' is?",
        "c": "'a' less it is 'y': are both known before 'y' is?",
    }


@pytest.mark.parametrize(
    "y",
    [
        A + B + RNG.normal(size=400),
        2 * A + B,
        A + B + C,
        C * A,
        RNG.normal(size=400),
        np.where(np.arange(400) % 20, A + B, C),
    ],
)
def test_what_two_columns_do_not_tell_exactly_is_no_alarm(y: np.ndarray) -> None:
    assert found(y, a=A, b=B, c=C) == {}


def test_gaps_columns_of_zeros_and_few_rows_raise_none() -> None:
    with_gaps = np.where(np.arange(400) % 10, A, np.nan)
    assert found(A + B, a=with_gaps, b=B) == {}
    assert found(A, a=A, zero=np.zeros(400)) == {}
    assert found((A + B)[:20], a=A[:20], b=B[:20]) == {}


def test_huge_numbers_raise_none() -> None:
    assert found(np.full(400, -1e308), a=np.full(400, 1e308), b=np.full(400, -1.5e308), c=C) == {}
