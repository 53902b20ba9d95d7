from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight

from dltrain.errors import ConfigError
from dltrain.features import class_labels, class_weights
from dltrain.features.labels import find_positive, sort_labels
from tests.features.tables import table_of


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["b", "a", "B"], ["B", "a", "b"]),
        (["10", "9", "-1", "0.5"], ["-1", "0.5", "9", "10"]),
        (["10", "9", "x"], ["10", "9", "x"]),
        (["nan", "2", "10"], ["10", "2", "nan"]),
        (["inf", "2", "10"], ["10", "2", "inf"]),
        (["1e3", "1000"], ["1000", "1e3"]),
        (["no", ""], ["", "no"]),
    ],
)
def test_labels_are_sorted_as_numbers_or_as_text(labels: list[str], ordered: list[str]) -> None:
    assert sort_labels(labels) == ordered
    assert sort_labels(labels[::-1]) == ordered


def test_labels_of_a_column_are_those_that_occur() -> None:
    assert class_labels(table_of(y=["b", None, "a", "b"]), "y") == ("a", "b")
    assert class_labels(table_of(y=[2.0, 10.0, None]), "y") == ("2", "10")
    assert class_labels(table_of(y=[None]), "y") == ()


@pytest.mark.parametrize(
    ("labels", "positive", "ordered"),
    [
        (("no", "yes"), None, ("no", "yes")),
        (("no", "yes"), "no", ("yes", "no")),
        (("no", "yes"), "Yes", ("no", "yes")),
        (("Yes", "yes"), "yes", ("Yes", "yes")),
        (("Yes", "yes"), "Yes", ("yes", "Yes")),
    ],
)
def test_positive_label_is_found_in_any_case(labels: Any, positive: str | None, ordered: Any) -> None:
    assert find_positive(labels, positive) == ordered


@pytest.mark.parametrize(("labels", "positive"), [(("no", "yes"), "true"), (("Yes", "yes"), "YES")])
def test_positive_label_that_is_not_clear_is_refused(labels: Any, positive: str) -> None:
    with pytest.raises(ConfigError, match=f"data.positive: expected one of the labels .*, got '{positive}'"):
        find_positive(labels, positive)


@settings(max_examples=50)
@given(codes=st.lists(st.integers(0, 3), min_size=1, max_size=30), seed=st.integers(0, 99))
def test_balanced_weights_equal_scikit_learns(codes: list[int], seed: int) -> None:
    y = np.array(codes)
    present = np.unique(y)
    sample_weight = np.random.default_rng(seed).integers(1, 4, y.size).astype(np.float64)

    weights = class_weights("balanced", ["a", "b", "c", "d"], y)
    weighted = class_weights("balanced", ["a", "b", "c", "d"], y, sample_weight)

    repeated = np.repeat(y, sample_weight.astype(np.int64))
    np.testing.assert_allclose(weights[present], compute_class_weight("balanced", classes=present, y=y))
    np.testing.assert_allclose(weighted[present], compute_class_weight("balanced", classes=present, y=repeated))
    np.testing.assert_array_equal(np.delete(weights, present), 1)


def test_rows_without_a_label_do_not_count() -> None:
    codes = np.array([0, -1, 1, 1, 1, -1])

    np.testing.assert_allclose(class_weights("balanced", ["a", "b"], codes, np.ones(6)), [2, 2 / 3])


def test_a_class_whose_rows_weigh_nothing_has_weight_1() -> None:
    weights = class_weights("balanced", ["a", "b"], np.array([0, 0, 1]), np.array([1.0, 1.0, 0.0]))

    assert weights.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("section", "weights"),
    [(None, [1, 1]), ({}, [1, 1]), ({"yes": 3.0}, [1, 3]), ({"NO": 0.5, "yes": 2.0}, [0.5, 2])],
)
def test_weights_by_label(section: Any, weights: list[float]) -> None:
    result = class_weights(section, ["no", "yes"], np.array([0, 1]))

    assert result.dtype == np.float64
    assert result.tolist() == weights


def test_the_weight_of_an_unknown_label_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"training\.class_weight.maybe: expected one of the labels 'no', 'yes'"):
        class_weights({"maybe": 2.0}, ["no", "yes"], np.array([0, 1]))
