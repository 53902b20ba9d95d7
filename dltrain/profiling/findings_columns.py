"""Columns that say nothing, or nothing new, or are numbers only in their spelling."""

import math
from collections.abc import Iterable
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.data import NumberFormat
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import counted, quoted_list
from dltrain.profiling import changes
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.finding import Finding
from dltrain.profiling.name_words import name_words
from dltrain.profiling.text_forms import FormCount
from dltrain.table.number_text import PLAIN

_LEAST_ROWS: Final = 20
"""Among fewer rows, values may all be different by chance."""

_LEAST_COLLISIONS: Final = 5.0
"""Equal values that chance would bring on average: without any, chance is ruled out (e⁻⁵ < 1 %)."""

_MOST_REPEATED: Final = 0.02
"""Share of the cells of an id that may repeat another one, as where rows come twice; more are the days of two years."""

_MOST_NAMED_REPEATED: Final = 0.3
"""The same where the name says that it is one: more often it names what several rows are about."""

_FEWEST_GROUPED: Final = 50
"""Different numbers of exactly three digits behind the point. So many come by chance in one column of 200: of fractions
one in ten ends in 0, which is not written, and 0.9 to the power of 50 is 0.005."""

_FEWEST_GROUPED_ABROAD: Final = 10
"""The same where cells are separated by semicolons, as in countries of the decimal comma."""

_NEARLY_EMPTY: Final = 0.9
_LEAST_TIES: Final = 5
"""Rows that share their value with an earlier one; two columns in which these are the same say the same."""

_MOST_CODES: Final = 1_000
_FEWEST_DAYS: Final = 6
_ID_WORDS: Final = frozenset({"id", "account", "phone", "telephone", "mobile", "serial", "barcode"})
_CODE_WORDS: Final = frozenset(
    {
        *("code", "codes", "id", "type", "kind", "class", "category", "group", "zip", "zipcode", "postcode", "plz"),
        *("sex", "gender", "race", "ethnicity", "religion", "nationality", "marriage", "marital", "occupation"),
        *("country", "state", "region", "city", "district", "county", "store", "shop", "branch", "agent"),
        *("company", "vendor", "supplier", "brand", "sector", "industry", "channel", "department", "product"),
        *("status", "color", "colour", "key"),
    }
)


def column_findings(profile: ColumnProfile, config: Config, kind: Kind | None = "numeric") -> list[Finding]:
    """What a feature column shows for itself, apart from the texts it holds.

    Args:
        profile: Of a feature column.
        config: What the changes are for.
        kind: What it is taken as; None when that cannot be told.
    """
    found = (
        _without_values(profile, config) if kind == "categorical" else None,
        _constant(profile, config),
        _merged_cells(profile) or _nearly_empty(profile, config),
        _number_id(profile, config),
        far_finding(profile, config) if kind == "numeric" else None,
        nines_finding(profile, config) if kind == "numeric" else None,
        _never_read(profile, config),
        point_finding(profile, config) if kind == "numeric" else None,
        _codes(profile) if kind == "numeric" else None,
        _dates(profile) if kind == "numeric" else None,
    )
    return [finding for finding in found if finding is not None]


def duplicate_findings(profiles: Iterable[ColumnProfile], config: Config) -> list[Finding]:
    """Columns that repeat another one, or name the same things differently.

    Args:
        profiles: Of the feature columns.
        config: What the changes are for.
    """
    same: dict[bytes, str] = {}
    renamed: dict[bytes, str] = {}
    findings = []
    for profile in profiles:
        if profile.n_distinct < 2:
            continue
        first = same.setdefault(profile.content, profile.name)
        if first != profile.name:
            findings.append(_duplicate(profile, first, config))
            continue
        # Where hardly a value repeats, equal patterns say little.
        if profile.n_known - profile.n_distinct >= _LEAST_TIES:
            first = renamed.setdefault(profile.pattern, profile.name)
            if first != profile.name:
                findings.append(_renamed(profile, first, config))
    return findings


def _without_values(profile: ColumnProfile, config: Config) -> Finding | None:
    """Categories that are missing everywhere; other kinds of columns refuse that."""
    if profile.looks != "empty":
        return None
    change = changes.drop(config, [profile.name])
    return Finding("warning", "constant", profile.name, "every cell is missing: it says nothing", change)


def _constant(profile: ColumnProfile, config: Config) -> Finding | None:
    # Where categories are missing, that is a second value.
    if profile.n_distinct != 1 or (profile.n_missing and profile.looks != "number"):
        return None
    missing = f" or missing ({counted(profile.n_missing, 'time')})" if profile.n_missing else ""
    return Finding(
        "warning",
        "constant",
        profile.name,
        f"every cell is '{profile.most_frequent}'{missing}: it says nothing",
        changes.drop(config, [profile.name]),
    )


def _merged_cells(profile: ColumnProfile) -> Finding | None:
    if not profile.begins_blocks:
        return None
    return Finding(
        "warning",
        "merged_cells",
        profile.name,
        f"only {profile.n_known:,} of {profile.n_rows:,} cells have a value, and each begins a block of rows, as "
        "merged cells do: if it holds for its block, write it into every row",
    )


def _nearly_empty(profile: ColumnProfile, config: Config) -> Finding | None:
    if not _NEARLY_EMPTY <= profile.n_missing / profile.n_rows < 1 or profile.n_distinct < 2:
        return None
    return Finding(
        "note",
        "nearly_empty",
        profile.name,
        f"{profile.n_missing:,} of {profile.n_rows:,} cells are missing ({profile.n_missing / profile.n_rows:.1%})",
        changes.drop(config, [profile.name]),
    )


def _number_id(profile: ColumnProfile, config: Config) -> Finding | None:
    """Whole numbers that are different although there are so few to choose from that more should be equal.

    A few may come twice, as where rows are repeated.
    """
    n_repeated = profile.n_known - profile.n_distinct
    is_whole_number = profile.looks == "number" and profile.is_whole and profile.n_known >= _LEAST_ROWS
    has_unit = profile.name in config.data.unit_of
    is_named = not _ID_WORDS.isdisjoint(name_words(profile.name))
    most = _MOST_NAMED_REPEATED if is_named else _MOST_REPEATED
    if not is_whole_number or has_unit or n_repeated > most * profile.n_known:
        return None
    assert profile.minimum is not None and profile.maximum is not None  # noqa: S101, PT018 - numbers have both
    n_choices = profile.maximum - profile.minimum + 1
    n_expected, deviation = _repeated_by_chance(profile.n_known, n_choices)
    is_no_chance = n_expected >= _LEAST_COLLISIONS and n_repeated < n_expected - 3 * deviation
    if not is_no_chance and (n_repeated or not is_named):
        return None
    some = f"{profile.n_distinct:,} of {profile.n_known:,}" if n_repeated else f"all {profile.n_known:,}"
    return Finding(
        "warning",
        "id_like",
        profile.name,
        f"{some} whole numbers from {profile.minimum:.0f} to {profile.maximum:.0f} are different, as those of an id or "
        f"a row number{' of rows that come twice' if n_repeated else ''}",
        changes.make_ids(config, [profile.name]),
    )


def _repeated_by_chance(n_drawn: int, n_choices: float) -> tuple[float, float]:
    """How many draws repeat an earlier one: the mean, and the standard deviation, of uniform draws with replacement.

    Args:
        n_drawn: At least 1.
        n_choices: More than 1.
    """
    load = n_drawn / n_choices
    mean = n_drawn + n_choices * math.expm1(n_drawn * math.log1p(-1 / n_choices))
    # That of the number of boxes which balls thrown at random leave empty (occupancy problem), for many boxes.
    variance = n_choices * math.exp(-load) * (1 - (1 + load) * math.exp(-load))
    return mean, math.sqrt(max(variance, 0.0))


def far_finding(profile: ColumnProfile, config: Config) -> Finding | None:
    """A number such as -999 among temperatures.

    Args:
        profile: Of a feature column of numbers, or of the target.
        config: What the change is for.
    """
    explanation = (
        "far below all others, as programs write missing values: taken as amounts, they shift and shrink the others"
    )
    return _far(profile, config, profile.far, "far_number", explanation)


def nines_finding(profile: ColumnProfile, config: Config) -> Finding | None:
    """A number such as 9999 far above all others.

    Args:
        profile: Of a feature column of numbers, or of the target.
        config: What the change is for.
    """
    explanation = "far above all others, as people write missing values: taken as amounts, they outweigh the others"
    return _far(profile, config, profile.nines, "nines", explanation)


def _far(profile: ColumnProfile, config: Config, far: FormCount, topic: str, explanation: str) -> Finding | None:
    """A number far from all others that may stand for a missing value; one that the config maps is known."""
    is_mapped = not set(far.examples).isdisjoint(config.preprocessing.column(profile.name).map or ())
    if not far.cells or is_mapped:
        return None
    change = changes.read_as_missing(config, far.examples) if profile.is_text else ()
    if profile.name == config.data.target and change:
        change = (*change, "data.missing_target=drop")
    cells = f"{far.cells:,} of {counted(profile.n_known, 'cell')} {'is' if far.cells == 1 else 'are'}"
    return Finding("warning", topic, profile.name, f"{cells} {quoted_list(far.examples)}, {explanation}", change)


def point_finding(profile: ColumnProfile, config: Config) -> Finding | None:
    """Points that most likely stand before thousands: three digits behind each, and all other numbers below 1,000.

    Args:
        profile: Of a feature column of numbers, or of the target.
        config: What the change is for.
    """
    fewest = _FEWEST_GROUPED if config.data.separator == "," else _FEWEST_GROUPED_ABROAD
    if (
        profile.looks != "number"
        or config.data.texts.numbers != PLAIN
        or not fewest <= profile.n_grouped < profile.n_distinct
        or profile.grouping_point is None
        or max(abs(profile.minimum or 0.0), abs(profile.maximum or 0.0)) >= 1000
    ):
        return None
    return Finding(
        "warning",
        "thousands_points",
        profile.name,
        f"{profile.n_grouped:,} of {profile.n_distinct:,} different numbers have a point and three digits behind it, "
        f"such as '{profile.grouping_point}', and the others none: these points most likely stand before thousands",
        changes.write_numbers(NumberFormat(",", ".")),
    )


def _never_read(profile: ColumnProfile, config: Config) -> Finding | None:
    """Texts that the config gives a meaning, and that no cell has once those that mean missing are read so."""
    column = config.preprocessing.column(profile.name)
    named = [*(column.map or ()), *(column.order or ())]
    texts = [text for text in named if text in ("", *config.data.missing_values)]
    if not texts:
        return None
    option = "map" if column.map else "order"
    is_one = len(texts) == 1
    because = "it means" if is_one else "they mean"
    why = "an empty cell is missing" if texts == [""] else f"{because} missing, as data.missing_values says"
    return Finding(
        "warning",
        "never_read",
        profile.name,
        f"{quoted_list(texts)} in its '{option}' {'is' if is_one else 'are'} never read: {why}",
    )


def _codes(profile: ColumnProfile) -> Finding | None:
    """Whole numbers whose name says that they name things."""
    is_few = 2 < profile.n_distinct <= min(_MOST_CODES, profile.n_known / 2)
    if not (profile.looks == "number" and profile.is_whole and is_few):
        return None
    assert profile.minimum is not None and profile.maximum is not None  # noqa: S101, PT018 - numbers have both
    if profile.minimum < 0 or not _CODE_WORDS.intersection(name_words(profile.name)[-1:]):
        return None
    return Finding(
        "note",
        "numeric_codes",
        profile.name,
        f"{profile.n_distinct:,} different whole numbers from {profile.minimum:.0f} to {profile.maximum:.0f} are taken "
        "as amounts; by its name the column may hold codes of things",
        changes.make_categorical(profile.name),
    )


def _dates(profile: ColumnProfile) -> Finding | None:
    """Whole numbers such as 20240131."""
    if profile.looks != "number" or profile.date_format is None or profile.n_distinct < _FEWEST_DAYS:
        return None
    return Finding(
        "warning",
        "dates_as_numbers",
        profile.name,
        f"{profile.n_distinct:,} different whole numbers such as {profile.most_frequent} are dates, taken as amounts; "
        f"as '{profile.date_format}' they become year, month, day",
        changes.set_date_format(profile.name, profile.date_format),
    )


def _duplicate(profile: ColumnProfile, first: str, config: Config) -> Finding:
    return Finding(
        "warning",
        "duplicate",
        profile.name,
        f"all {profile.n_rows:,} cells are those of {quoted_list([first])}",
        changes.drop(config, [profile.name]),
    )


def _renamed(profile: ColumnProfile, first: str, config: Config) -> Finding:
    return Finding(
        "note",
        "same_as",
        profile.name,
        f"its {profile.n_distinct:,} values go with those of {quoted_list([first])} one to one: it says nothing new",
        changes.drop(config, [profile.name]),
    )
