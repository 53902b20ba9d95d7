"""How the texts of a table write numbers, where that is not the way of the config."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.data import NumberFormat
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.text_forms import Form
from dltrain.table.number_text import PLAIN

_SLIPS: Final = 0.01
"""Numbers with a decimal point beside those with a comma, or with another sign before thousands, that may be mistakes:
of a cell each, which is named."""

_COMMAS: Final[Form] = "decimal_comma"
_THOUSANDS: Final[Form] = "thousands"


def find_number_format(profiles: Iterable[ColumnProfile], config: Config) -> NumberFormat | None:
    """The one format in which all numbers of a table can be read.

    Args:
        profiles: Of all columns.
        config: What they were read with.

    Returns:
        None where the config has a format already, no column needs another one, or no format fits all of them.
    """
    if config.data.texts.numbers != PLAIN:
        return None
    texts = [profile for profile in profiles if profile.is_text]
    disguised = [profile for profile in texts if profile.holds_numbers]
    commas = [profile for profile in disguised if _has_decimal_commas(profile)]
    groups = [profile for profile in disguised if profile not in commas and profile.cells(_THOUSANDS)]
    if not commas and config.data.separator == ";" and not _shows_points(texts):
        # Cells are divided by semicolons where numbers have decimal commas.
        commas = [profile for profile in groups if profile.groupings[","]]
        groups = [profile for profile in groups if profile not in commas]
    if not commas:
        signs = _usual_signs(_cells_by_sign(groups, (",", " ", "'")))
        return NumberFormat(thousands=signs[0]) if len(signs) == 1 else None
    n_commas = sum(profile.cells(_COMMAS) for profile in commas)
    if sum(profile.n_decimal_points for profile in texts) > max(1.0, _SLIPS * n_commas):
        return None
    # Beside 12,5 a comma before three digits is one before the fraction.
    signs = _usual_signs(_cells_by_sign([*groups, *commas], (" ", "'")) + _cells_by_sign(texts, (".",)))
    return NumberFormat(",", signs[0] if signs else None) if len(signs) <= 1 else None


def doubtful_points(profiles: Iterable[ColumnProfile], config: Config) -> dict[str, str]:
    """Numbers such as 1.234 that are read as 1234 although no cell of the table shows what its points mean.

    Args:
        profiles: Of all columns.
        config: What they were read with.

    Returns:
        Column → the first of its numbers.
    """
    numbers, texts = config.data.texts.numbers, list(profiles)
    if numbers.thousands != "." or any(profile.has_certain_points for profile in texts):
        return {}
    return {profile.name: profile.grouping_point for profile in texts if profile.grouping_point is not None}


def doubtful_commas(profiles: Iterable[ColumnProfile], config: Config) -> dict[str, str]:
    """Numbers such as 1,234 that are read as 1.234, or as 1234, although no cell of the table shows what commas mean.

    Args:
        profiles: Of all columns.
        config: What they were read with. Where commas divide the cells, they hardly stand before fractions, too.

    Returns:
        Column → the first of its numbers.
    """
    numbers, texts = config.data.texts.numbers, list(profiles)
    is_guess = config.data.separator == ";" if numbers.decimal == "," else numbers.thousands == ","
    if not is_guess or config.data.separator == "," or _shows_points(texts) or _shows_commas(texts):
        return {}
    return {profile.name: profile.grouping_comma for profile in texts if profile.grouping_comma is not None}


def _shows_points(texts: Iterable[ColumnProfile]) -> bool:
    """Whether some numbers have points that can only be those before fractions."""
    return any(profile.has_certain_commas or profile.n_decimal_points for profile in texts)


def _shows_commas(texts: Iterable[ColumnProfile]) -> bool:
    """Whether some numbers have commas that can only be those before fractions."""
    return any(profile.has_certain_points or profile.has_decimal_commas for profile in texts)


def _has_decimal_commas(profile: ColumnProfile) -> bool:
    """1,234 may be either; 12,5 beside it shows what the comma means."""
    return profile.cells(_COMMAS) > profile.cells(_THOUSANDS)


def _cells_by_sign(profiles: Iterable[ColumnProfile], signs: Sequence[str]) -> Counter[str]:
    """Cells of numbers with each of the signs before thousands; those without any are left out."""
    return sum((Counter({sign: profile.groupings[sign] for sign in signs}) for profile in profiles), Counter())


def _usual_signs(cells: Counter[str]) -> list[str]:
    """The signs of most cells; others may be mistakes, which are named when they are read."""
    fewest = max(1.0, _SLIPS * cells.total())
    return [sign for sign, n in cells.items() if n > fewest or n == max(cells.values())]
