"""Texts that are the same but for upper and lower case and surrounding spaces."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.table import integers_from_arrow

_SHOWN = 3
_YES_OR_NO = (("no", "yes"), ("n", "y"))
_TRUTHS = (("0", "1"), ("false", "true"), ("f", "t"), *_YES_OR_NO)
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


class Truths(NamedTuple):
    """Texts for no and for yes."""

    no: tuple[str, ...]
    yes: tuple[str, ...]


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


def mixed_truths(texts: pa.Array) -> Truths | None:
    """The texts of a column that holds nothing but words for no and yes, of several pairs; None for other columns.

    One word alone may be something else, unless it is no or yes beside n and y, or the other way round.

    Args:
        texts: Different texts, without nulls.

    >>> mixed_truths(pa.array(["0", "TRUE", "1", "false"]))
    Truths(no=('0', 'false'), yes=('1', 'TRUE'))
    >>> mixed_truths(pa.array(["0", "1"])), mixed_truths(pa.array(["Y", "N", "T"]))
    (None, None)
    """
    if len(texts) > 3 * _MOST_TRUTHS:
        return None
    words = {text: text.strip().lower() for text in texts.to_pylist()}
    found = set(words.values())
    pairs = [pair for pair in _TRUTHS if not found.isdisjoint(pair)]
    n_whole = sum(found.issuperset(pair) for pair in pairs)
    is_clear = n_whole == len(pairs) or (n_whole > 0 and set(pairs) <= set(_YES_OR_NO))
    if len(pairs) < 2 or not is_clear or not found <= {word for pair in pairs for word in pair}:
        return None
    no, yes = ({pair[place] for pair in pairs} for place in (0, 1))
    return Truths(*(tuple(sorted(text for text in words if words[text] in meant)) for meant in (no, yes)))
