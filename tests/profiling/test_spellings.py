from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dltrain.profiling.spellings import find_spellings

TEXTS = st.text(st.sampled_from("aAbB é "), max_size=4)


@given(st.dictionaries(TEXTS, st.integers(1, 9), min_size=1, max_size=30))
def test_counts_are_those_of_a_loop(counts: dict[str, int]) -> None:
    ways = defaultdict(list)
    for text in counts:
        ways[text.strip().lower()].append(text)
    several = [found for found in ways.values() if len(found) > 1]

    found = find_spellings(pa.array(list(counts)), np.array(list(counts.values())))

    if not several:
        assert found is None
        return
    assert found is not None
    assert (found.texts, found.written) == (len(several), sum(map(len, several)))
    for examples, expected in zip(found.examples, several, strict=False):
        assert set(examples) <= set(expected)
        assert len(examples) == min(3, len(expected))
        assert counts[examples[0]] == max(counts[text] for text in expected)
