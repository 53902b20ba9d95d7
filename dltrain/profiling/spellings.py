"""Texts that are the same but for upper and lower case and surrounding spaces."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import integers_from_arrow

_SHOWN = 3
_TRUTHS = (("0", "1"), ("false", "true"), ("f", "t"), ("no", "yes"), ("n", "y"))
_MOST_TRUTHS = 2 * len(_TRUTHS)


class Spellings(NamedTuple):
    """How often one text is written in several ways.

    Attributes:
        texts: Texts that are written in several ways, each counted once.
        written: Ways in which they are written, all together.
        examples: The ways of the first of them, each at most three, the most frequent first.
    """

    texts: int
    written: int
    examples: tuple[tuple[str, ...], ...]


def find_spellings(texts: pa.Array, counts: np.ndarray) -> Spellings | None:
    """Looks for different texts that are equal without case and surrounding spaces.

    Args:
        texts: Different texts, without nulls.
        counts: int `(n,)`, the cells that hold each of them.

    Returns:
        None when there are none.

    >>> find_spellings(pa.array(["Yes", "no", "yes ", "YES"]), np.array([5, 9, 1, 2]))
    Spellings(texts=1, written=3, examples=(('Yes', 'YES', 'yes '),))
    """
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(texts)).dictionary_encode()
    if len(plain.dictionary) == len(texts):
        return None
    codes = integers_from_arrow(plain.indices, missing=-1)
    n_ways = np.bincount(codes)
    several = np.flatnonzero(n_ways > 1)
    examples = []
    for code in several[:_SHOWN]:
        places = np.flatnonzero(codes == code)
        by_count = places[np.argsort(-counts[places], kind="stable")]
        examples.append(tuple(texts[int(place)].as_py() for place in by_count[:_SHOWN]))
    return Spellings(several.size, int(n_ways[several].sum()), tuple(examples))


def mixed_truths(texts: pa.Array) -> tuple[tuple[str, str], ...]:
    """The pairs of words for no and yes in a column that holds nothing else, where there are several.

    Args:
        texts: Different texts, without nulls.

    >>> mixed_truths(pa.array(["0", "TRUE", "1", "false"])), mixed_truths(pa.array(["0", "1"]))
    ((('0', '1'), ('false', 'true')), ())
    """
    if len(texts) > 3 * _MOST_TRUTHS:
        return ()
    words = {text.strip().lower() for text in texts.to_pylist()}
    pairs = tuple(pair for pair in _TRUTHS if not words.isdisjoint(pair))
    is_whole = any(words.issuperset(pair) for pair in pairs)
    return pairs if len(pairs) > 1 and is_whole and words <= {word for pair in pairs for word in pair} else ()
