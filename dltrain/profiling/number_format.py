"""How the texts of a table write numbers, where that is not the way of the config."""

import re
from collections.abc import Iterable
from typing import Final

from dltrain.config import Config
from dltrain.config.data import NumberFormat
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.text_forms import Form
from dltrain.table.number_text import PLAIN, TYPED

_SIGN: Final = re.compile(r"\d(\D)\d{3}")
_SLIPS: Final = 0.01
"""Numbers with a decimal point beside those with a comma that may be mistakes: of a cell each, which is named."""

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
    signs = {sign for profile in groups for sign in _group_signs(profile.forms[_THOUSANDS].examples)}
    if not commas:
        return NumberFormat(thousands=signs.pop()) if len(signs) == 1 else None
    n_commas = sum(profile.cells(_COMMAS) for profile in commas)
    if sum(profile.n_decimal_points for profile in texts) > max(1.0, _SLIPS * n_commas):
        return None
    # Beside 12,5 a comma before three digits is one before the fraction.
    signs = signs - {","} | {sign for profile in commas for sign in profile.groupings}
    if any("." in profile.groupings for profile in texts):
        signs.add(".")
    return NumberFormat(",", next(iter(signs), None)) if len(signs) <= 1 else None


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


def _has_decimal_commas(profile: ColumnProfile) -> bool:
    """1,234 may be either; 12,5 beside it shows what the comma means."""
    return profile.cells(_COMMAS) > profile.cells(_THOUSANDS)


def _group_signs(examples: Iterable[str]) -> set[str]:
    signs = {match[1] for example in examples for match in _SIGN.finditer(example)}
    return {TYPED.get(sign, sign) for sign in signs - {"."}}
