"""The facts of one column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from dltrain.config.sections.data import DURATIONS, NumberFormat, label_text
from dltrain.profiling.date_formats import date_formats, late_date, odd_dates, ways_of_writing, zone_names
from dltrain.profiling.far_numbers import far_above, far_below
from dltrain.profiling.name_words import name_words
from dltrain.profiling.scale_labels import MOST_LABELS, scale_labels
from dltrain.profiling.spellings import Spellings, Truths, find_spellings, mixed_truths
from dltrain.profiling.text_forms import (
    CERTAIN_COMMA,
    CERTAIN_POINT,
    DECIMAL_COMMA,
    DECIMAL_POINT,
    FEW_TEXTS,
    GROUPING,
    NO_CELLS,
    Form,
    FormCount,
    any_has,
    cells_of,
    cells_with,
    count_forms,
    first_with,
    limit_numbers,
    mean_words,
    only_unit,
    texts_of,
)
from dltrain.profiling.totals import LAST_ROWS, are_totals, total_row, total_word_rows
from dltrain.table import Table, arrow_from_numpy, integers_from_arrow, numpy_from_arrow
from dltrain.table.bad_cells import is_missing_marker
from dltrain.table.date_text import has_dates, have_offset, parse_formatted_dates
from dltrain.table.durations import duration_unit
from dltrain.table.number_text import has_codes, parse_numbers
from dltrain.table.numpy_arrow import text_array
from dltrain.table.values import category_texts

Looks = Literal["number", "boolean", "date", "time", "text", "empty", "other"]

_NEARLY_ALL: Final = 0.9
_RARE: Final = 0.05
"""Share of a column's cells up to which words among dates, or among few numbers, mean missing."""

_DISGUISES: Final[tuple[Form, ...]] = ("thousands", "decimal_comma", "united", "bracketed", "marked", "duration")
_FEWEST_BESIDE_WORDS: Final = 50
"""Different texts, nearly all of them whole numbers, beside which several words are no names of the same things."""

_DURATION_WORDS: Final = frozenset({"duration", "elapsed", "lap", "length", "pace", "runtime", "split", "took"})
"""Words in the names of columns that say how long something took."""

_TIME_WORDS: Final = frozenset({"time", "finish", "record"})
"""The same, unless the column holds times of day."""

_SHORTEST_BLOCK: Final = 3
"""Rows that a merged cell has on average."""

_STREWN_NUMBERS: Final = 0.002
_STREWN_TEXTS: Final = 0.05
"""How probable it may be that values stand in such places by chance; numbers are measured now and then, too."""

_LONGEST_SCALE: Final = 200
"""Different texts of a column that is looked at for the labels of a scale."""

_COMPACT: Final = "%Y%m%d"
_FIRST_DAY: Final = 19000101
_LAST_DAY: Final = 21001231
_TRUTHS: Final = frozenset({"true", "false"})


@dataclass(frozen=True)
class ColumnProfile:
    """What the cells of a column are, whatever its role.

    Attributes:
        name: The column.
        looks: number and boolean: every cell is one; date and time: nearly all that mean something are; empty: no cell
            has a value; other: of a type that cannot be used, such as lists.
        n_rows: Cells.
        n_missing: Those without a value.
        n_distinct: Different values; 0 for other.
        most_frequent: The value of the most cells, the first of them in the table; None without a value.
        n_most_frequent: Its cells.
        minimum, maximum: Of finite numbers; None for other columns.
        is_whole: Whether all are finite whole numbers.
        forms: How many cells of a text column have which form.
        date_formats: How dates that are not all ISO dates, or times of day, are written beside texts that mean missing,
            if there is one way only; that of whole numbers such as 20240131, too.
        words: Mean number of words in a different text.
        spellings: Categories of a text column that are written in several ways; None when there are none.
        mixes_offsets: Whether some texts are ISO times with an offset from UTC, and others are not.
        late_date: The latest date and its year, where two digits make it one from 2040 to 2068; None where there is no
            such date.
        odd_dates: The format of nearly all dates, where none reads all, and up to three of those that it does not read.
        zone_names: The different letters behind the times of dates, such as " UTC".
        date_ways: The first date of each of the two or three ways in which they are written, where no format reads all
            or all but a few.
        truths: Texts for no and yes, where a column holds several pairs of them and nothing else.
        is_text: Whether the column is stored as text; in a CSV every column is.
        unit: What stands beside all numbers of a text column, or the unit of its durations; None where nothing does, or
            not always the same.
        n_decimal_points: Cells of numbers with a decimal point, and with no other sign.
        has_decimal_commas: Whether the commas of some numbers can only stand before a fraction.
        limits: What instruments cannot measure, such as <0.5 → its number; at most 100 texts.
        scale_labels: Labels at the ends of a scale of numbers, such as "10 - very likely" → their numbers.
        groupings: Signs that may stand before thousands → the cells of numbers with them.
        n_grouped: Different numbers with a point before every three digits, such as 1.234.
        grouping_point: The first number whose points may stand before thousands; None where others show a fraction.
        grouping_comma: The first number whose commas may stand before thousands.
        has_certain_points, has_certain_commas: Whether those of some numbers can only stand before thousands.
        far: How a number such as -999 is written that is below all others by more than these differ, and its cells.
        nines: How a number such as 9999 is written that is far above all others, and its cells.
        total_row: The row from the end, 1 for the last, whose cell is the sum of all above it and larger than any
            other; None where none of the last few is.
        total_words: Names of sums in the last few rows, such as "Total" or "Summe", and of subtotals anywhere, such as
            "Store 3 Total" in a pivot table.
        total_word_rows: Those of the last few rows, from the end, that have such a name.
        totals_among_words: Those of `total_words` that have the form of a word.
        begins_blocks: Whether the few values stand in the first row and wherever another one begins, as those of merged
            cells do.
        pattern: Hash of which rows are equal: the same for columns that name the same things differently.
        content: Hash of the cells.
    """

    name: str
    looks: Looks
    n_rows: int
    n_missing: int
    n_distinct: int = 0
    most_frequent: str | None = None
    n_most_frequent: int = 0
    minimum: float | None = None
    maximum: float | None = None
    is_whole: bool = False
    forms: Mapping[Form, FormCount] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    words: float = 0.0
    spellings: Spellings | None = None
    mixes_offsets: bool = False
    late_date: tuple[str, int] | None = None
    odd_dates: tuple[str, tuple[str, ...]] | None = None
    zone_names: tuple[str, ...] = ()
    date_ways: tuple[str, ...] = ()
    truths: Truths | None = None
    is_text: bool = False
    unit: str | None = None
    n_decimal_points: int = 0
    has_decimal_commas: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    scale_labels: Mapping[str, float] = field(default_factory=dict)
    groupings: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPING, 0))
    n_grouped: int = 0
    grouping_point: str | None = None
    grouping_comma: str | None = None
    has_certain_points: bool = False
    has_certain_commas: bool = False
    far: FormCount = NO_CELLS
    nines: FormCount = NO_CELLS
    total_row: int | None = None
    total_words: FormCount = NO_CELLS
    total_word_rows: tuple[int, ...] = ()
    totals_among_words: FormCount = NO_CELLS
    begins_blocks: bool = False
    pattern: bytes = field(default=b"", repr=False)
    content: bytes = field(default=b"", repr=False)

    @property
    def n_known(self) -> int:
        """Cells with a value."""
        return self.n_rows - self.n_missing

    @property
    def is_distinct(self) -> bool:
        """Whether all values differ."""
        return self.n_distinct == self.n_known

    @property
    def holds_numbers(self) -> bool:
        """Whether nearly all texts are numbers that are not read as such: amounts, and no names of things."""
        if self.looks != "text" or self.cells("number") == self.n_known:  # codes such as 007
            return False
        n_numbers = self.cells("number") + max(self.cells(form) for form in _DISGUISES)
        is_nearly_all = n_numbers >= _NEARLY_ALL * (self.n_known - self.cells("marker"))
        return is_nearly_all or self._are_beside_words(n_numbers)

    @property
    def may_be_durations(self) -> bool:
        """Whether texts such as 02:41 need not be times of day: none is in the afternoon, or the name says so."""
        is_named = not _DURATION_WORDS.isdisjoint(name_words(self.name))
        return self.looks == "time" and (is_named or not self.cells("clock"))

    @property
    def are_doubtful_durations(self) -> bool:
        """Whether what is read as durations may be something else: times of day, or scores and ratios such as 33:29."""
        may_be_times = self.date_format is not None
        is_named = not (_DURATION_WORDS | _TIME_WORDS).isdisjoint(name_words(self.name))
        return self.unit in DURATIONS and (may_be_times or self.unit in ("m:s", "h:m")) and not is_named

    @property
    def is_nearly_numeric(self) -> bool:
        """Whether nearly all cells that mean something are numbers, but not all of them; codes as 007 are none."""
        n_numbers = 0 if self.cells("code") else self.cells("number") + self.cells("limit")
        return _NEARLY_ALL * (self.n_known - self.cells("marker")) <= n_numbers < self.n_known

    @property
    def has_many_numbers(self) -> bool:
        """Whether more than half of the cells are many different numbers, and nearly all others a few words."""
        is_plain_text = self.looks == "text" and not self.cells("code")
        return is_plain_text and self._are_beside_words(self.cells("number") + self.cells("limit"))

    def _are_beside_words(self, n_numbers: int) -> bool:
        """The same of cells that hold numbers in some spelling."""
        words, markers = self.forms.get("word", NO_CELLS), self.forms.get("marker", NO_CELLS)
        n_different = self.n_distinct - len(words.examples) - len(markers.examples)
        are_most = n_numbers > self.n_known / 2 and n_different > FEW_TEXTS
        n_others = self.n_known - words.cells - markers.cells
        return bool(words.cells) and are_most and n_numbers >= _NEARLY_ALL * n_others

    @property
    def date_format(self) -> str | None:
        """The one of `date_formats`; None for none, and for several that read other dates."""
        return self.date_formats[0] if len(self.date_formats) == 1 else None

    @property
    def missing_words(self) -> FormCount:
        """A few words among numbers, dates or times; among few different ones a word may be a category like these.

        Beside many different numbers they may be up to half of the cells, and hold slips such as 7O.5.
        """
        words, totals = self.forms.get("word", NO_CELLS), self.totals_among_words
        # A row of totals is no example, whatever its other cells hold.
        others = tuple(text for text in words.examples if text not in totals.examples)
        words = FormCount(words.cells - totals.cells, others)
        is_among_values = self.looks in ("date", "time") or (self.looks == "text" and self.is_nearly_numeric)
        is_rare = self.has_rare_words and self.n_distinct > FEW_TEXTS
        # Gates 1 to 39 and A to E are names of things.
        are_amounts = len(others) == 1 or self.n_decimal_points > 0 or self.n_distinct > _FEWEST_BESIDE_WORDS
        are_missing = self.has_many_numbers and are_amounts
        found, slips = words if (is_among_values and is_rare) or are_missing else NO_CELLS, self._slips
        return FormCount(found.cells + slips.cells, found.examples + slips.examples)

    @property
    def _slips(self) -> FormCount:
        """A few cells among many different numbers that are none; a row of totals is no slip."""
        are_numbers = self.looks == "text" and (self.is_nearly_numeric or self.has_many_numbers)
        return self.forms.get("slip", NO_CELLS) if are_numbers and not self.total_words.cells else NO_CELLS

    @property
    def has_rare_words(self) -> bool:
        """Whether words, if any, stand in a few cells."""
        return self.cells("word") - self.totals_among_words.cells <= _RARE * self.n_known

    @property
    def missing_texts(self) -> FormCount:
        """What stands where a value is missing: the usual markers and `missing_words`."""
        markers, words = self.forms.get("marker", NO_CELLS), self.missing_words
        return FormCount(markers.cells + words.cells, markers.examples + words.examples)

    def cells(self, form: Form) -> int:
        """Cells of a form."""
        return cells_of(self.forms, form)


def profile_column(table: Table, name: str) -> ColumnProfile:
    """Looks at all cells of a column.

    Args:
        table: Holds the column.
        name: The column.
    """
    column = table.columns.column(name)
    n_rows, n_missing = len(column), column.null_count
    kind = column.type
    is_string = pat.is_string(kind)
    if n_missing == n_rows:
        return ColumnProfile(name, "empty", n_rows, n_missing, is_text=is_string)
    if not (is_string or pat.is_float64(kind) or pat.is_boolean(kind) or has_dates(kind)):
        return ColumnProfile(name, "other", n_rows, n_missing)
    encoded = column.dictionary_encode().combine_chunks()
    values = encoded.dictionary
    codes = integers_from_arrow(encoded.indices, missing=-1)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    most = int(np.argmax(counts))
    pattern = blake2b(codes.tobytes(), digest_size=16)
    content = pattern.copy()
    for buffer in values.buffers()[1:]:
        content.update(buffer or b"")
    numbers = _numbers(values, table.texts.numbers)
    finite = None if numbers is None else numbers[np.isfinite(numbers)]
    looks, forms, words = _text_facts(column, values, counts, codes, numbers is not None, table.texts.numbers)
    is_total = are_totals(values, counts, codes) if is_string and numbers is None else np.zeros(len(values), np.bool_)
    durations = duration_unit(values) if "duration" in forms else None
    dates = _formatted(values, forms, looks, may_be_times=durations is not None)
    formats = date_formats(dates) if len(dates) else ()
    are_unread = len(dates) > 0 and looks == "date" and not formats
    odd = odd_dates(dates) if are_unread else None
    return ColumnProfile(
        name=name,
        looks=looks,
        n_rows=n_rows,
        n_missing=n_missing,
        n_distinct=len(values),
        most_frequent=_cell_text(values[most]),
        n_most_frequent=int(counts[most]),
        minimum=None if finite is None or not finite.size else float(finite.min()),
        maximum=None if finite is None or not finite.size else float(finite.max()),
        is_whole=finite is not None and finite.size == len(values) and bool((finite == np.floor(finite)).all()),
        forms=forms,
        limits=limit_numbers(forms.get("limit", NO_CELLS).examples, table.texts.numbers),
        scale_labels=_scale_labels(values, table.texts.numbers) if looks == "text" and is_string else {},
        date_formats=_compact_dates(values, finite) if looks == "number" else formats,
        mixes_offsets=looks == "date" and is_string and _mixes_offsets(values),
        late_date=next((late for form in formats if (late := late_date(dates, form)) is not None), None),
        odd_dates=odd,
        zone_names=zone_names(dates) if looks == "date" else (),
        date_ways=ways_of_writing(dates) if are_unread and odd is None else (),
        words=words,
        spellings=_spellings(values, counts, table.texts.numbers) if looks == "text" and is_string else None,
        truths=mixed_truths(values) if is_string else None,
        is_text=is_string,
        unit=only_unit(values, table.texts.numbers) if durations is None and "united" in forms else durations,
        n_decimal_points=cells_with(values, counts, DECIMAL_POINT) if is_string else 0,
        has_decimal_commas=is_string and any_has(values, DECIMAL_COMMA),
        groupings={sign: cells_with(values, counts, GROUPING[sign]) if is_string else 0 for sign in GROUPING},
        n_grouped=_n_grouped(values) if is_string and numbers is not None else 0,
        grouping_point=_grouping_point(values) if is_string else None,
        grouping_comma=first_with(values, GROUPING[","]) if is_string else None,
        has_certain_points=is_string and any_has(values, CERTAIN_POINT),
        has_certain_commas=is_string and any_has(values, CERTAIN_COMMA),
        far=NO_CELLS if numbers is None else texts_of(values, counts, far_below(numbers)),
        nines=NO_CELLS if numbers is None else texts_of(values, counts, far_above(numbers)),
        total_row=total_row(finite, counts, codes) if finite is not None and finite.size == len(values) else None,
        total_words=texts_of(values, counts, is_total),
        total_word_rows=total_word_rows(is_total, codes),
        totals_among_words=texts_of(values, counts, is_total & _is_word(values, forms)),
        begins_blocks=_begins_blocks(codes, are_numbers=numbers is not None),
        pattern=pattern.digest(),
        content=content.digest(),
    )


def _spellings(values: pa.Array, counts: np.ndarray, numbers: NumberFormat) -> Spellings | None:
    """Those of the categories that the texts are read as."""
    categories = category_texts(values, numbers).dictionary_encode()
    codes = integers_from_arrow(categories.indices, missing=-1)
    return find_spellings(categories.dictionary, np.bincount(codes, counts).astype(np.int64))


def _scale_labels(values: pa.Array, written: NumberFormat) -> dict[str, float]:
    if len(values) > _LONGEST_SCALE:
        return {}
    parsed = parse_numbers(pa.chunked_array([values]), written)
    is_other = parsed.is_bad & ~numpy_from_arrow(is_missing_marker(values))
    if np.count_nonzero(is_other) > MOST_LABELS:
        return {}
    return scale_labels(parsed.values[~parsed.is_bad], values.filter(arrow_from_numpy(is_other)).to_pylist())


def _begins_blocks(codes: np.ndarray, *, are_numbers: bool) -> bool:
    """Whether cells, -1 where missing, are known where a block of at least three rows on average begins."""
    known = np.flatnonzero(codes >= 0)
    if not 2 <= known.size <= codes.size / _SHORTEST_BLOCK or known[0] > 0 or known[-1] == codes.size - 1:
        return False
    share = known.size / codes.size
    # Of values that are strewn about, the first row has one by chance, and no two rows in a row have one.
    is_no_chance = share * (1 - share) ** known.size < (_STREWN_NUMBERS if are_numbers else _STREWN_TEXTS)
    is_next = (np.diff(known) == 1).any() or (codes[known[1:]] == codes[known[:-1]]).any()
    return bool(is_no_chance and not is_next)


def _n_grouped(values: pa.Array) -> int:
    return int(np.count_nonzero(numpy_from_arrow(pc.match_substring_regex(values, GROUPING["."]))))


def _cell_text(value: pa.Scalar) -> str:
    try:
        return str(label_text(value.as_py()))
    except (OverflowError, ValueError):  # Python's years end with 9999
        return str(value.cast(pa.string()))


def _grouping_point(texts: pa.Array) -> str | None:
    return None if any_has(texts, DECIMAL_POINT) else first_with(texts, GROUPING["."])


def _formatted(values: pa.Array, forms: Mapping[Form, FormCount], looks: Looks, *, may_be_times: bool) -> pa.Array:
    """The texts that a format of dates or times of day has to read; none where they need no format."""
    is_iso = cells_of(forms, "iso_date") == cells_of(forms, "date")
    is_readable = looks == "time" or may_be_times or (looks == "date" and not is_iso)
    if not is_readable or not pat.is_string(values.type):
        return text_array(())
    words = text_array(forms["word"].examples if "word" in forms and len(values) > FEW_TEXTS else ())
    return values.filter(pc.invert(pc.or_(is_missing_marker(values), pc.is_in(values, value_set=words))))


def _is_word(values: pa.Array, forms: Mapping[Form, FormCount]) -> np.ndarray:
    if "word" not in forms:
        return np.zeros(len(values), np.bool_)
    return numpy_from_arrow(pc.is_in(values, value_set=text_array(forms["word"].examples)))


def _mixes_offsets(texts: pa.Array) -> bool:
    are = have_offset(texts)
    return bool(are.any() and not are.all())


def _compact_dates(values: pa.Array, numbers: np.ndarray | None) -> tuple[str, ...]:
    """The format of whole numbers such as 20240131 that are all days of about our time."""
    if numbers is None or numbers.size < len(values) or not _FIRST_DAY <= numbers.min() <= numbers.max() <= _LAST_DAY:
        return ()
    texts = values if pat.is_string(values.type) else text_array(f"{number:.0f}" for number in numbers.tolist())
    return () if parse_formatted_dates(texts, _COMPACT).is_bad.any() else (_COMPACT,)


def _numbers(values: pa.Array, written: NumberFormat) -> np.ndarray | None:
    """The different numbers of a column, float64; None when some value is none."""
    if pat.is_float64(values.type):
        return numpy_from_arrow(values)
    if not pat.is_string(values.type):
        return None
    texts = pa.chunked_array([values])
    first = parse_numbers(texts.slice(0, 100), written)
    if first.is_bad.any() or has_codes(texts):
        return None
    parsed = parse_numbers(texts, written)
    return None if parsed.is_bad.any() else parsed.values


def _text_facts(
    column: pa.ChunkedArray,
    values: pa.Array,
    counts: np.ndarray,
    codes: np.ndarray,
    is_number: bool,
    written: NumberFormat,
) -> tuple[Looks, Mapping[Form, FormCount], float]:
    """What a column looks like, the forms of its texts, their mean number of words."""
    if has_dates(column.type):
        return "date", {}, 0.0
    if pat.is_boolean(column.type):
        return "boolean", {}, 0.0
    if is_number:
        return "number", {}, 0.0
    if len(values) <= 4 and {text.strip().lower() for text in values.to_pylist()} <= _TRUTHS:
        return "boolean", {}, 0.0
    is_last = (np.bincount(codes[-LAST_ROWS:] + 1, minlength=len(values) + 1)[1:] > 0) & (counts == 1)
    forms = count_forms(values, counts, written, is_last=is_last)
    enough = max(1, _NEARLY_ALL * (int(counts.sum()) - cells_of(forms, "marker")))
    kinds: tuple[Literal["date", "time"], ...] = ("date", "time")
    looks: Looks = next((kind for kind in kinds if cells_of(forms, kind) >= enough), "text")
    return looks, forms, mean_words(values)
