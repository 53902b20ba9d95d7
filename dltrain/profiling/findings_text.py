"""Text columns that mean something else: numbers, dates, ids, sentences."""

from functools import partial
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.data import DURATIONS, NumberFormat
from dltrain.config.sections.date_formats import says_day
from dltrain.config.sections.preprocessing import ColumnSection
from dltrain.errors import escaped, quoted_list
from dltrain.profiling import changes
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.finding import Finding, Grade
from dltrain.profiling.free_text import MANY_VALUES, hardly_repeats, is_free_text
from dltrain.profiling.text_forms import FEW_TEXTS, Form, FormCount

_NEARLY_ALL: Final = 0.9
FEW_VALUES: Final = 5
"""Up to so many different texts are categories, whatever they look like: "2 doors", "4 doors"."""

_FEWEST_VALUES: Final = 3
"""Of a column of numbers and a word: yes and 1 are two categories."""

_FEW_MARKED: Final = 20
"""Up to so many different numbers with marks are categories."""

_MOST_CATEGORIES: Final = 255
"""Inputs that a column has at most unless the config says otherwise; rarer texts share one."""

_FEW_ROWS: Final = 10
"""Rows of a text on average, below which most texts of such a column are too rare to learn anything of."""

_SHOWN: Final = 3

_DISGUISES: Final[tuple[tuple[Form, str], ...]] = (
    ("bracketed", "numbers in brackets or with the minus behind, which may be negative ones"),
    ("thousands", "numbers with thousands separators"),
    ("decimal_comma", "numbers with decimal commas"),
    ("duration", "durations"),
    ("united", "numbers with a unit or a sign"),
    ("marked", "numbers with a mark beside them"),
)

NO_NAMES: Final = frozenset(
    (
        *(form for form, _ in _DISGUISES),
        *("limits", "scale_labels", "numbers_as_text", "two_numbers", "dates_as_text", "times_as_text"),
    )
)
"""Topics of `text_finding` that tell of numbers, dates and times of day."""


def text_finding(
    profile: ColumnProfile, config: Config, numbers: NumberFormat | None = None, *, is_refused: bool = False
) -> Finding | None:
    """What a text column that becomes categories might be instead; the most telling reading only.

    Args:
        profile: Of a feature column stored as text.
        config: What the changes are for.
        numbers: The format in which all numbers of the table can be read, if there is one and it is not the config's.
        is_refused: Whether it is a numeric column, which refuses such texts.
    """
    is_named = config.preprocessing.column(profile.name).stated_kind == "categorical"
    if profile.looks in ("date", "time") and profile.n_distinct > FEW_VALUES and not is_named:
        return _date(profile, config) if profile.looks == "date" else _time(profile, config)
    if profile.looks != "text":
        return None
    for find in (_limits, _scale_labels, _stored_as_text, _words_among_numbers):
        if (finding := find(profile, config)) is not None:
            return finding
    if profile.n_distinct > FEW_VALUES:
        for find in (
            partial(_disguised, numbers=numbers, is_refused=is_refused),
            _two_numbers,
            _several_spellings,
            _free_text,
            _many_values,
        ):
            if (finding := find(profile, config)) is not None:
                return finding
    return spelling_finding(profile, "note", "categories")


def spelling_finding(profile: ColumnProfile, grade: Grade, noun: str) -> Finding | None:
    """Texts that are different only in case and spaces, and so are different categories or labels.

    Args:
        profile: Of a column whose texts are what they are: names of things.
        grade: How grave that is.
        noun: What they become, in the plural.
    """
    if profile.truths is not None:
        no, yes = map(quoted_list, profile.truths)
        return Finding(
            grade,
            "spelling",
            profile.name,
            f"{no} and {yes} seem to mean no and yes, but are {noun} of their own: write each one way into the table",
        )
    found = profile.spellings
    if found is None:
        return None
    shown = "; ".join(quoted_list(ways) for ways in found.examples)
    more = f" and {found.texts - len(found.examples):,} more" if found.texts > len(found.examples) else ""
    return Finding(
        grade,
        "spelling",
        profile.name,
        f"{found.written:,} {noun} are {found.texts:,} if upper and lower case and surrounding spaces do not count: "
        f"{shown}{more}; where these mean the same, write it one way into the table",
    )


def _limits(profile: ColumnProfile, config: Config) -> Finding | None:
    """Numbers among which some cells hold what an instrument cannot measure, such as <0.5."""
    n_limits, n_numbers = profile.cells("limit"), profile.cells("number")
    are_all = 0 < profile.n_known - profile.missing_texts.cells - n_limits <= n_numbers
    # Among few different numbers >5 is a category beside 5.
    if not (profile.limits and are_all and profile.n_distinct > FEW_TEXTS) or _is_stated(profile, config):
        return None
    return Finding(
        "warning",
        "limits",
        profile.name,
        f"{n_limits:,} of {profile.n_known:,} cells are limits such as {quoted_list(list(profile.limits)[:_SHOWN])}, "
        "the others are numbers: map takes each limit for its number",
        changes.map_texts(profile.name, profile.limits),
    )


def _scale_labels(profile: ColumnProfile, config: Config) -> Finding | None:
    """Numbers at whose ends the number stands with what it means."""
    if not profile.scale_labels or profile.cells("code") or _is_stated(profile, config):
        return None
    labels = list(profile.scale_labels)
    n_labels = profile.n_known - profile.cells("number") - profile.cells("marker")
    say = "says" if n_labels == 1 else "say"
    return Finding(
        "warning",
        "scale_labels",
        profile.name,
        f"{profile.cells('number'):,} of {profile.n_known:,} cells are numbers, and {n_labels:,} {say} "
        f"{quoted_list(labels)}, where the scale goes on: map takes each label for its number",
        changes.map_texts(profile.name, profile.scale_labels),
    )


def _stored_as_text(profile: ColumnProfile, config: Config) -> Finding | None:
    """Numbers among which a few cells, or a few words, hold a text that means "missing"."""
    missing = profile.missing_texts
    are_numbers = profile.is_nearly_numeric or profile.has_many_numbers
    if not missing.cells or _is_stated(profile, config) or not are_numbers:
        return None
    return Finding(
        "warning",
        "numbers_as_text",
        profile.name,
        _text_among_numbers(profile, missing),
        changes.read_as_missing(config, missing.examples),
    )


def _words_among_numbers(profile: ColumnProfile, config: Config) -> Finding | None:
    """A few different numbers among which a few cells hold a word; among many such a cell is an error."""
    if (
        not profile.cells("other")
        or _is_stated(profile, config)
        or profile.n_distinct < _FEWEST_VALUES
        or not profile.is_nearly_numeric
    ):
        return None
    return Finding(
        "note",
        "words_among_numbers",
        profile.name,
        f"{_text_among_numbers(profile, profile.forms['other'])}; mend these cells if it holds amounts",
        changes.make_categorical(profile.name),
    )


def _text_among_numbers(profile: ColumnProfile, texts: FormCount) -> str:
    say = "says" if texts.cells == 1 else "say"
    return (
        f"{profile.cells('number'):,} of {profile.n_known:,} cells are numbers, and {texts.cells:,} {say} "
        f"{quoted_list(texts.examples)}, which makes the column text"
    )


def _is_stated(profile: ColumnProfile, config: Config) -> bool:
    """Whether the config says what kind of column it is."""
    return config.preprocessing.column(profile.name).stated_kind is not None


def _is_decided(column: ColumnSection) -> bool:
    """Whether the config says what becomes of rare categories."""
    return (column.encode, column.min_count, column.max_categories) != (None, None, None)


def _beside_brackets(profile: ColumnProfile) -> int:
    """The cells of amounts whose negative ones stand in brackets: some have a sign, or stand with thousands."""
    return max(profile.cells("thousands"), profile.cells("united"))


def _disguised(
    profile: ColumnProfile, config: Config, *, numbers: NumberFormat | None, is_refused: bool
) -> Finding | None:
    """Numbers in a spelling that is not read as numbers."""
    words = profile.cells("word") if profile.holds_numbers else 0
    enough = _NEARLY_ALL * (profile.n_known - profile.cells("marker") - words)
    for form, what in _DISGUISES:
        cells = profile.cells(form)
        plain = profile.cells("number") + (_beside_brackets(profile) if form == "bracketed" else 0)
        if not cells or cells + plain < enough or (form == "duration" and profile.unit not in DURATIONS):
            continue
        # 5+ and 6# are categories where there are few.
        if form == "marked" and profile.n_distinct <= _FEW_MARKED:
            continue
        # The config says how they are read: what is left is no number in this spelling either.
        if form in ("thousands", "decimal_comma") and profile.is_nearly_numeric:
            continue
        # 1,234 may be either; 12,5 beside it shows what the comma means.
        if form == "thousands" and profile.cells("decimal_comma") > cells:
            continue
        mend, change = (
            "write plain numbers into the table, or leave the column out",
            changes.drop(config, [profile.name]),
        )
        if numbers is not None and form not in ("bracketed", "united", "marked"):
            mend, change = "they can be read as numbers", changes.write_numbers(numbers)
        if form in ("duration", "united") and profile.unit is not None:
            mend, change = "they can be read as numbers", changes.read_units(config, {profile.name: profile.unit})
        become = f"as text they become {profile.n_distinct:,} categories without order"
        return Finding(
            "warning",
            form,
            profile.name,
            f"{cells:,} of {profile.n_known:,} cells are {what}, such as "
            f"{quoted_list(profile.forms[form].examples[:2])}: "
            f"{'a numeric column refuses them' if is_refused else become}; {mend}",
            change,
        )
    return None


def _two_numbers(profile: ColumnProfile, config: Config) -> Finding | None:
    if profile.cells("pair") < _NEARLY_ALL * (profile.n_known - profile.cells("marker")):
        return None
    left_out = _many_values(profile, config)
    return Finding(
        "warning",
        "two_numbers",
        profile.name,
        f"{profile.cells('pair'):,} of {profile.n_known:,} cells seem to hold two numbers, such as "
        f"{quoted_list(profile.forms['pair'].examples[:2])}: as text they become {profile.n_distinct:,} categories "
        "without order; write each into a column of its own",
        () if left_out is None else changes.drop(config, [profile.name]),
    )


def _date(profile: ColumnProfile, config: Config) -> Finding:
    known = profile.forms.get("date")
    such = f" such as {quoted_list(known.examples[:1])}" if known else ""
    mend, change = "write them as 2024-01-31, or leave the column out", changes.drop(config, [profile.name])
    n_missing, texts = profile.missing_texts
    n_others = profile.n_known - profile.cells("iso_date") - n_missing
    if profile.date_ways:
        ways = f"{len(profile.date_ways)} ways, such as {quoted_list(profile.date_ways)}"
        mend = f"they are written in {ways}: write all of them as 2024-01-31, or leave the column out"
    elif profile.cells("iso_date") >= _NEARLY_ALL * profile.n_known and n_others:
        n_cells = f"{n_others:,} cell is" if n_others == 1 else f"{n_others:,} cells are"
        mend = f"{n_cells} none: mend or empty such cells, or leave the column out"
    elif n_missing and not n_others:
        mend = f"they become year, month, day when {quoted_list(texts)} mean{'s' if len(texts) == 1 else ''} missing"
        change = changes.read_as_missing(config, texts)
    elif profile.date_format is not None and profile.total_words.cells:
        mend = f"{quoted_list(profile.total_words.examples)} is none: remove the row of totals from the table"
    elif profile.date_format is not None and profile.late_date is not None:
        setting = changes.set_date_format(profile.name, profile.date_format)[0]
        mend = f"{_century(profile.late_date)}, {setting} if that is right, or leave the column out"
    elif profile.date_format is not None:
        mend, change = _read_dates(profile, profile.date_format, _parts(profile.date_format), config)
    elif len(profile.zone_names) > 1:
        names = quoted_list([name.strip() for name in profile.zone_names])
        mend = (
            f"names of time zones behind the times ({names}) are not read: write offsets such as +01:00, or leave the "
            "column out"
        )
    elif profile.odd_dates is not None:
        date_format, odd = profile.odd_dates
        mend = f"'{date_format}' reads all but {quoted_list(odd)}: mend or empty such cells, or leave the column out"
    elif profile.date_formats:
        ways = " or ".join(changes.set_date_format(profile.name, way)[0] for way in profile.date_formats)
        mend = f"they may be read in several ways: {ways}, or leave the column out"
    return Finding(
        "warning",
        "dates_as_text",
        profile.name,
        f"{profile.n_distinct:,} different dates{such}: as categories, those of new rows are unknown; {mend}",
        change,
    )


def _parts(date_format: str) -> str:
    return "year, month, day" if says_day(date_format) else "year, month"


def century_finding(profile: ColumnProfile, config: Config) -> Finding | None:
    """Two-digit years that a declared format may take for those of another century."""
    if profile.late_date is None or "%y" not in (config.preprocessing.column(profile.name).format or ""):
        return None
    return Finding("warning", "century", profile.name, f"{_century(profile.late_date)} if that is wrong", ())


def _century(date: tuple[str, int]) -> str:
    text, year = date
    return (
        f"'{escaped(text)}' would be a day of {year}, because two digits from 69 to 99 are years from 1969 to 1999 and "
        "others are from 2000 to 2068: write years with four digits"
    )


def _time(profile: ColumnProfile, config: Config) -> Finding:
    such = quoted_list(profile.forms["time"].examples[:1])
    what = f"{profile.n_distinct:,} different times of day such as {such}"
    mend, change = "write all of them in one way, or leave the column out", changes.drop(config, [profile.name])
    if n_others := profile.n_known - profile.cells("time") - profile.missing_texts.cells:
        mend = f"{n_others:,} cells are none: mend or empty them, or leave the column out"
    elif profile.date_format is not None and profile.may_be_durations:
        what = f"{profile.n_distinct:,} different texts such as {such} are times of day, or how long something took"
        mend = (
            f"times of day become the hour with {changes.set_date_format(profile.name, profile.date_format)[0]}, "
            "durations a number"
        )
        if profile.unit is not None:
            change = changes.read_units(config, {profile.name: profile.unit})
    elif profile.date_format is not None:
        mend, change = _read_dates(profile, profile.date_format, "the hour", config)
    return Finding(
        "warning", "times_as_text", profile.name, f"{what}: as categories they have no order; {mend}", change
    )


def _read_dates(profile: ColumnProfile, date_format: str, parts: str, config: Config) -> tuple[str, tuple[str, ...]]:
    """What dates become when they are read in a format, and the change for that; some texts may mean missing."""
    mend, change = f"as '{date_format}' says they become {parts}", changes.set_date_format(profile.name, date_format)
    texts = profile.missing_texts.examples
    if texts:
        mend, change = f"{mend}, and {quoted_list(texts)} missing", (*change, *changes.read_as_missing(config, texts))
    if any(date_format.endswith(name) for name in profile.zone_names):
        mend += f"; {quoted_list([profile.zone_names[0].strip()])} stands behind every time, taken as written"
    return mend, change


def _several_spellings(profile: ColumnProfile, config: Config) -> Finding | None:
    """Numbers, and beside them some in several spellings that no setting reads together, as of a laboratory."""
    others = [form for form in ("limit", *(form for form, _ in _DISGUISES)) if profile.cells(form)]
    n_others, n_numbers = sum(map(profile.cells, others)), profile.cells("number")
    n_meant = profile.n_known - profile.cells("marker")
    are_numbers = n_numbers > profile.n_known / 2 and n_numbers + n_others >= _NEARLY_ALL * n_meant
    if len(others) < 2 or not are_numbers or _is_stated(profile, config) or profile.cells("code"):
        return None
    such = quoted_list([profile.forms[form].examples[0] for form in others][:_SHOWN])
    return Finding(
        "warning",
        "numbers_as_text",
        profile.name,
        f"{n_numbers:,} of {profile.n_known:,} cells are numbers, and {n_others:,} are numbers in other spellings such "
        f"as {such}, which makes the column text: write plain numbers into the table, or leave the column out",
        changes.drop(config, [profile.name]),
    )


def _free_text(profile: ColumnProfile, config: Config) -> Finding | None:
    if not is_free_text(n_distinct=profile.n_distinct, n_known=profile.n_known, words=profile.words):
        return None
    return Finding(
        "warning",
        "free_text",
        profile.name,
        f"{profile.n_distinct:,} different texts of {profile.words:.1f} words in {profile.n_known:,} cells look like "
        "free text, of which a network of categories learns nothing",
        changes.drop(config, [profile.name]),
    )


def _many_values(profile: ColumnProfile, config: Config) -> Finding | None:
    if profile.is_distinct and profile.n_known > MANY_VALUES:
        return Finding(
            "warning",
            "id_like",
            profile.name,
            f"all {profile.n_known:,} values are different, as those of an id",
            changes.make_ids(config, [profile.name]),
        )
    is_grave = hardly_repeats(profile.n_distinct, profile.n_known)
    if not is_grave and (profile.n_distinct <= _MOST_CATEGORIES or profile.n_known / profile.n_distinct >= _FEW_ROWS):
        return None
    if not is_grave and _is_decided(config.preprocessing.column(profile.name)):
        return None
    return Finding(
        "warning" if is_grave else "note",
        "many_values",
        profile.name,
        f"{profile.n_distinct:,} different texts in {profile.n_known:,} cells hardly repeat, as names and codes of "
        "things do: new rows bring unknown ones",
        changes.drop(config, [profile.name]),
    )
