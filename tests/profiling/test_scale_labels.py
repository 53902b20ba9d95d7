import numpy as np
import pytest

from dltrain.profiling.scale_labels import scale_labels


@pytest.mark.parametrize(
    ("numbers", "labels"),
    [
        (range(10), {"10 - extremely likely": 10}),
        (range(1, 10), {"0 - not at all likely": 0, "10 - extremely likely": 10}),
        (range(1, 9), {"9 = likely": 9, "10 = very likely": 10}),
        (range(2, 7), {"1 (bad)": 1, "7 (good)": 7}),
        (range(10), {"10 or more": 10}),
        (range(79), {"80+": 80}),
        (range(18, 75), {"90 +": 90}),
    ],
)
def test_labels_that_go_on_where_numbers_end_mean_their_numbers(numbers: range, labels: dict[str, float]) -> None:
    assert scale_labels(np.array(numbers, np.float64), list(labels)) == labels


@pytest.mark.parametrize(
    ("numbers", "others"),
    [
        (range(10), ["5 - neutral"]),
        (range(10), ["99 - refused"]),
        (range(1, 8), ["8 = refused to answer", "9 = do not know"]),
        (range(10), ["-1 (not asked)"]),
        (range(1, 12), ["12 Main Street"]),
        (range(10), ["10 - extremely likely", "unknown"]),
        (range(10), ["10 kg"]),
        (range(10), ["10*"]),
        (range(10), []),
        (range(10), [f"{n} - very much" for n in range(10, 14)]),
        (range(10), ["10 - likely", "10 - extremely likely"]),
        (range(3), ["3+"]),
        (range(10), ["5+"]),
        (range(3), ["3 - unknown"]),
        ([], ["1 - low", "2 - high"]),
        (np.arange(10) / 4, ["3 - high"]),
    ],
)
def test_other_texts_beside_numbers_are_no_labels_of_a_scale(numbers: list[float], others: list[str]) -> None:
    assert scale_labels(np.array(numbers, np.float64), others) == {}
