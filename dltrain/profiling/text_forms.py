"""What the cells of a text column look like: numbers, dates, numbers in disguise."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dltrain.config.sections.data import NumberFormat, label_text
from dltrain.profiling.pairs import are_pairs
from dltrain.table import arrow_from_numpy, integers_from_arrow, numpy_from_arrow
from dltrain.table.bad_cells import MOST_WORDS, is_missing_marker
from dltrain.table.date_text import ISO_DATE
from dltrain.table.durations import is_duration
from dltrain.table.number_text import PLAIN, parse_numbers
from dltrain.table.numpy_arrow import text_array
from dltrain.table.units import CURRENCIES, SPACE

Form = Literal[
    "number",
    "marker",
    "word",
    "slip",
    "other",
    "code",
    "infinite",
    "limit",
    "thousands",
    "decimal_comma",
    "bracketed",
    "iso_date",
    "date",
    "time",
    "clock",
    "united",
    "marked",
    "duration",
    "pair",
]

_FIRST_TEXTS: Final = 2_000
"""Texts that are looked at first: when few of them have a form, the others are not searched for it."""

_LEAST_SHARE: Final = 0.05
_SHOWN: Final = 5
_REMARK: Final = r"^\pL\pL\S*(\s+\S+){3,}$"
_WHOLE: Final[tuple[Form, ...]] = ("number", "marker", "word", "limit")
"""Forms that are searched for in all texts, because a few cells of them decide what a column is."""

_LISTED: Final[Mapping[Form, int]] = {"marker": 100, "limit": 100}
"""Examples of what a config has to name one by one."""

_NEARLY_ALL: Final = 0.9

_OTHER_SIZE: Final = 0.5
"""Share of numbers without a unit beyond the middle 90 % of those with one, where they mean something else: a tenth of
numbers of the same kind is."""

FEW_TEXTS: Final = 10
"""Only among so few different texts, those that are no numbers are looked for whatever they hold."""

_SLIPS: Final = 0.01
"""Share of the different texts beside whose numbers another unit may stand by mistake; of the cells that may be slips,
too."""

_ENOUGH_FOR_A_SLIP: Final = 20
"""Among so many different texts, one may."""

_MOST_UNITS: Final = 3
"""Numbers have one unit or two; what has more after its digits is a code."""

_TIME: Final = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?( ?([A-Za-z]{1,5}|[+-]\d{2}:?\d{2}))?"
_HALF_DAY: Final = r"(0?[1-9]|1[0-2]):[0-5]\d(:[0-5]\d)? ?[AaPp][Mm]"
_WEEKDAY: Final = r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_MONTH: Final = r"(jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?"
_MONTH_NAME: Final = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    "|dec(ember)?)"
)
_AMOUNT: Final = r"[+\x{2212}-]?\d[\d.,]*([ '\x{00A0}\x{202F}’]\d{3}[\d.,]*)*"
_BEFORE: Final = rf"([$€£¥]|({CURRENCIES}){SPACE}){SPACE}?"
_BEHIND: Final = rf"{SPACE}?({CURRENCIES}|[$€£¥])"
"""What stands beside amounts of money."""

_MARK: Final = r"([^\pL\p{Nd}\s.,:;/%°€$£¥()\[\]{}'\"’_-]{1,3}|[(\[][\pL\p{Nd}]{1,2}[)\]])"
"""What points to a footnote, or says that a number is a guess: 5.1*, 18 †, 7 [a], 90+."""

LIMIT: Final = r"[<>≤≥]=?\s*"
"""What stands before a number that is a bound of what was meant."""

_PATTERNS: Final[dict[Form, str]] = {
    # Digits after a leading zero, like 007.
    "code": r"^\s*[+-]?0\d",
    "infinite": r"(?i)^\s*[+-]?inf(inity)?\s*$",
    # What an instrument cannot measure.
    "limit": rf"^\s*{LIMIT}[+\x{{2212}}-]?\d[\d.,]*\s*$",
    # A space, an apostrophe or a comma before every three digits. A number that begins with 0 has no thousands.
    "thousands": r"^\s*[+\x{2212}-]?[1-9]\d{0,2}([,' \x{00A0}\x{202F}’]\d{3})+(\.\d+)?\s*$",
    "decimal_comma": r"^\s*[+\x{2212}-]?(\d+|[1-9]\d{0,2}([.' \x{00A0}\x{202F}’]\d{3})+),\d+\s*$",
    "bracketed": rf"^\s*(\(({_BEFORE})?{_AMOUNT}({_BEHIND})?\)|{_AMOUNT}-)\s*$",
    # What split strategy time reads.
    "iso_date": ISO_DATE,
    # 1013.5 is a number, no month; with one digit before a point, 1.2.24 may be a version.
    "date": rf"(?i)^\s*(({_WEEKDAY},? )?((1[6-9]|20|21)\d\d[-/](0[1-9]|1[0-2])"
    rf"|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}"
    rf"|\d{{1,2}}/\d{{1,2}}/\d{{2}}|\d{{2}}\.\d{{2}}\.\d{{2}}"
    rf"|\d{{1,2}}\.? ?-?{_MONTH} ?-?\d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}})({_TIME})?"
    # Months.
    rf"|(0?[1-9]|1[0-2])/(19|20)\d\d|{_MONTH_NAME}([,.]?[ -](19|20)\d\d|-\d\d)|(19|20)\d\d[ -]{_MONTH_NAME})\s*$",
    # With two digits, or half of the day: 3:45 may be how long a song is.
    "time": rf"^\s*(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|{_HALF_DAY})\s*$",
    # Times that are hardly durations: after noon, or with AM or PM.
    "clock": rf"^\s*((1[2-9]|2[0-3]):[0-5]\d(:[0-5]\d)?|{_HALF_DAY})\s*$",
    # An apostrophe in front keeps a spreadsheet from reading a number.
    "united": rf"^\s*('{_AMOUNT}|[+\x{{2212}}-]?{_BEFORE}{_AMOUNT}"
    rf"|{_AMOUNT}{SPACE}?[A-Za-z%°µμ€$£¥/]{{1,6}}[²³]?\.?)\s*$",
    "marked": rf"^\s*([*†‡~≈]{{1,2}}\s?{_AMOUNT}|{_AMOUNT}\s?{_MARK})\s*$",
}


DECIMAL_POINT: Final = r"^\s*[+\x{2212}-]?(\d*\.\d{1,2}|\d*\.\d{4,}|\d{4,}\.\d{3}|0?\.\d{3})\s*$"
"""Numbers whose point is before a fraction: not three digits follow it, or too many stand in front of it."""

DECIMAL_COMMA: Final = DECIMAL_POINT.replace(r"\.", ",")
"""The same with a comma."""

GROUPING: Final[dict[str, str]] = {
    sign: rf"^\s*[+\x{{2212}}-]?[1-9]\d{{0,2}}({signs}\d{{3}})+({fraction}\d+)?\s*$"
    for sign, signs, fraction in (
        (".", r"\.", ","),
        (",", ",", r"\."),
        (" ", r"[ \x{00A0}\x{202F}]", "[.,]"),
        ("'", "['’]", "[.,]"),
    )
}
"""What may stand before thousands → numbers with it."""

CERTAIN_POINT: Final = r"^\s*[+\x{2212}-]?[1-9]\d{0,2}(\.\d{3})+(\.\d{3}|,\d+)\s*$"
"""Numbers whose points can only stand before thousands: there are two, or a comma is behind them."""

CERTAIN_COMMA: Final = r"^\s*[+\x{2212}-]?[1-9]\d{0,2}(,\d{3})+(,\d{3}|\.\d+)\s*$"
"""The same of commas."""


class FormCount(NamedTuple):
    """How often a form was seen.

    Attributes:
        cells: Number of cells.
        examples: Different texts of that form, at most five; of markers all, since a config has to name each.
    """

    cells: int
    examples: tuple[str, ...]


NO_CELLS: Final = FormCount(0, ())


def texts_of(values: pa.Array, counts: np.ndarray, is_found: np.ndarray) -> FormCount:
    """Some of the different cells of a column, as text.

    Args:
        values: The different cells.
        counts: int `(n,)`, how often each stands there.
        is_found: bool `(n,)`, which are meant.
    """
    places = np.flatnonzero(is_found)
    examples = values.take(arrow_from_numpy(places[:_SHOWN])).to_pylist()
    return FormCount(int(counts[places].sum()), tuple(str(label_text(example)) for example in examples))


def count_forms(
    texts: pa.Array, counts: np.ndarray, written: NumberFormat, *, is_last: np.ndarray
) -> dict[Form, FormCount]:
    """Counts the cells of every form. A text may have several: ISO dates are dates, those of a `clock` are times.

    A `word` has letters and no digit, or is a remark of four words or more at the end, such as a footer; it is neither
    infinite nor a date nor a marker of missing values. Words are counted up to five different ones. Among few
    different texts, an `other` is what is neither a number nor a marker. Among more, a `slip` is what stands in a cell
    in a hundred of a column of numbers and can be read as nothing else: 7O.5, inf, 70 EUR, 1.2.3.

    Args:
        texts: Different texts, without nulls.
        counts: int `(n,)`, the cells that hold each of them.
        written: How numbers are written.
        is_last: bool `(n,)`, those that stand in one of the last rows only.

    Returns:
        The forms of at least one cell. Of long lists of texts, those that some of the first texts have.
    """
    first = texts.slice(0, _FIRST_TEXTS)
    found = {}
    others: tuple[Form, ...] = ("other",) if len(texts) <= FEW_TEXTS else ()
    for form in dict.fromkeys((*_WHOLE, *others, *_PATTERNS, "duration", "pair")):
        has_form = _has_form(first, form, written)
        if len(texts) > _FIRST_TEXTS and (form in _WHOLE or has_form.mean() >= _LEAST_SHARE):
            has_form = _has_form(texts, form, written)
        if form == "word":
            has_form = _or_remark(has_form, texts, is_last)
        places = np.flatnonzero(has_form)
        if not places.size or (form == "word" and places.size > MOST_WORDS):
            continue
        if form == "united" and _n_units(texts.take(arrow_from_numpy(places))) > _MOST_UNITS:
            continue
        examples = texts.take(arrow_from_numpy(places[: _LISTED.get(form, _SHOWN)])).to_pylist()
        found[form] = FormCount(int(counts[places].sum()), tuple(examples))
    slips = _slips(texts, counts, written)
    return found | {"slip": slips} if slips.cells else found


def _slips(texts: pa.Array, counts: np.ndarray, written: NumberFormat) -> FormCount:
    """Up to ten different texts among numbers, beside which no other cell looks like them."""
    places = np.flatnonzero(~_has_form(texts, "number", written))
    if not 0 < places.size < len(texts) - FEW_TEXTS:
        return NO_CELLS
    others = texts.take(arrow_from_numpy(places))
    readable: tuple[Form, ...] = ("marker", "word", "limit", "thousands", "bracketed", "code")
    if not any_has(texts, DECIMAL_POINT):
        readable = (*readable, "decimal_comma")
    places = places[~np.any([_has_form(others, form) for form in readable], axis=0)]
    n_cells = int(counts[places].sum())
    if places.size > FEW_TEXTS or n_cells > max(1.0, _SLIPS * int(counts.sum())):
        return NO_CELLS
    return FormCount(n_cells, tuple(texts.take(arrow_from_numpy(places)).to_pylist()))


def cells_of(forms: Mapping[Form, FormCount], form: Form) -> int:
    """The cells of a form; 0 when there are none."""
    return forms[form].cells if form in forms else 0


def any_has(texts: pa.Array, pattern: str) -> bool:
    """Whether some of the first texts match a regular expression."""
    return bool(pc.any(pc.match_substring_regex(texts.slice(0, _FIRST_TEXTS), pattern)).as_py())


def cells_with(texts: pa.Array, counts: np.ndarray, pattern: str) -> int:
    """The cells of the texts that match a regular expression; 0 where none of the first ones does."""
    if not any_has(texts, pattern):
        return 0
    return int(counts[numpy_from_arrow(pc.match_substring_regex(texts, pattern))].sum())


def first_with(texts: pa.Array, pattern: str) -> str | None:
    """The first of the first texts that matches a regular expression; None where none does."""
    first = texts.slice(0, _FIRST_TEXTS)
    places = np.flatnonzero(numpy_from_arrow(pc.match_substring_regex(first, pattern)))
    return str(first[int(places[0])].as_py()) if places.size else None


def only_unit(texts: pa.Array, written: NumberFormat) -> str | None:
    """The one unit or sign that stands beside nearly all numbers; None where numbers of another size have none.

    Args:
        texts: Of a column, without nulls.
        written: How numbers are written.
    """
    united = texts.filter(pc.match_substring_regex(texts, _PATTERNS["united"]))
    beside = _beside(united).dictionary_encode()
    n_texts = np.bincount(integers_from_arrow(beside.indices, missing=-1))
    # Texts with another one, which may be mistakes, are named when they are read.
    if n_texts.size == 0 or n_texts.sum() - n_texts.max() > _most_slips(int(n_texts.sum())):
        return None
    unit = beside.dictionary[int(n_texts.argmax())]
    bare = pc.replace_substring_regex(united, r"[^\d.,+\x{2212}'’\s\x{00A0}\x{202F}-]", "")
    numbers, plain = (parse_numbers(pa.chunked_array([some], pa.string()), written).values for some in (bare, texts))
    return None if _have_another_size(plain, numbers) else str(unit.as_py())


def _have_another_size(plain: np.ndarray, united: np.ndarray) -> bool:
    """Whether numbers without a unit are not as large as those with one, like 0.42 beside 37%; zeros have no size."""
    plain, united = (numbers[np.isfinite(numbers) & (numbers != 0)] for numbers in (plain, united))
    if not plain.size or not united.size:
        return False
    least, most = np.quantile(united, (0.05, 0.95))
    return bool(np.mean((plain < least) | (plain > most)) > _OTHER_SIZE)


def mean_words(texts: pa.Array) -> float:
    """The mean number of words in the first of some texts; 0 without a text."""
    first = pc.utf8_trim_whitespace(texts.slice(0, _FIRST_TEXTS))
    return float(numpy_from_arrow(pc.count_substring_regex(first, r"\s+")).mean() + 1) if len(first) else 0.0


def _most_slips(n_texts: int) -> float:
    """How many of some different texts may have another unit by mistake."""
    return max(1.0 if n_texts >= _ENOUGH_FOR_A_SLIP else 0.0, _SLIPS * n_texts)


def limit_numbers(texts: Sequence[str], written: NumberFormat = PLAIN) -> dict[str, float]:
    """The number of each limit; empty where some are none, or there are more than a config should name.

    >>> limit_numbers(["<0.5", "> 200"])
    {'<0.5': 0.5, '> 200': 200.0}
    """
    bare = pc.replace_substring_regex(pa.chunked_array([text_array(texts)]), rf"^\s*{LIMIT}", "")
    numbers = parse_numbers(bare, written)
    if numbers.is_bad.any() or len(texts) >= _LISTED["limit"]:
        return {}
    return dict(zip(texts, numbers.values.tolist(), strict=True))


def mostly_dates(texts: pa.Array, counts: np.ndarray) -> bool:
    """Whether nearly all cells are dates of any form.

    Args:
        texts: Different texts, without nulls.
        counts: int `(n,)`, the cells that hold each of them.
    """
    return int(counts[_has_form(texts, "date")].sum()) >= _NEARLY_ALL * int(counts.sum())


def _n_units(texts: pa.Array) -> int:
    """Different texts around the digits; several currencies count as one."""
    units = _beside(texts).unique()
    is_money = numpy_from_arrow(pc.match_substring_regex(units, rf"^([$€£¥]|{CURRENCIES})$"))
    return int(np.count_nonzero(~is_money)) + bool(is_money.any())


def _beside(texts: pa.Array) -> pa.Array:
    """What stands around the digits of each text."""
    return pc.replace_substring_regex(texts, r"\d['’]|[\d.,+\x{2212}\s\x{00A0}\x{202F}-]", "")


def _or_remark(is_word: np.ndarray, texts: pa.Array, is_last: np.ndarray) -> np.ndarray:
    """Words, and remarks at the end of the table. `is_word` may hold the first texts only."""
    places = np.flatnonzero(is_last)
    last = texts.take(arrow_from_numpy(places))
    # A date such as Tue 16 Jul 2024 has four words, too.
    is_remark = numpy_from_arrow(pc.match_substring_regex(last, _REMARK)) & ~_has_form(last, "date")
    if not is_remark.any():
        return is_word
    found = np.zeros(len(texts), np.bool_)
    found[: is_word.size] = is_word
    found[places[is_remark]] = True
    return found


def _has_form(texts: pa.Array, form: Form, written: NumberFormat = PLAIN) -> np.ndarray:
    """Bool `(n,)`: which texts have a form."""
    match form:
        case "number":
            return np.asarray(~parse_numbers(pa.chunked_array([texts], pa.string()), written).is_bad)
        case "marker":
            return numpy_from_arrow(is_missing_marker(texts))
        case "word":
            is_word = numpy_from_arrow(pc.match_substring_regex(texts, r"^\PN*\pL\PN*$"))
            return np.asarray(is_word & ~(_has_form(texts, "marker") | _has_form(texts, "infinite")))
        case "duration":
            return is_duration(texts)
        case "pair":
            return are_pairs(texts)
        case "other":
            return np.asarray(~(_has_form(texts, "number", written) | _has_form(texts, "marker")))
        case _:
            return numpy_from_arrow(pc.match_substring_regex(texts, _PATTERNS[form]))
