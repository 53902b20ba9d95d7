"""What a fitted column does, in a few words: for tables that people read."""

from collections.abc import Callable
from typing import assert_never

from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.datetimes import DatetimeFeature
from dltrain.features.missing_cells import NEVER_FILLED
from dltrain.features.numeric import NumericFeature
from dltrain.features.preprocessing import Feature

NumberText = Callable[[float | None], str]


def impute_text(feature: Feature, number: NumberText) -> str:
    """What replaces a missing value.

    Args:
        feature: The column.
        number: Writes a number.
    """
    if feature.impute in NEVER_FILLED:
        return "an error"
    match feature:
        case NumericFeature():
            return f"{feature.impute} {number(feature.fill_value)}"
        case CategoricalFeature(impute="missing"):
            return "own category" if feature.has_missing else "like an unseen value"
        case CategoricalFeature():
            return f"{feature.impute} '{feature.fill_value}'"
        case BooleanFeature():
            return f"{feature.impute} {str(feature.fill_value).lower()}"
        case DatetimeFeature():
            return f"{feature.impute} {(feature.fill_value or '').removesuffix('T00:00:00.000000')}"
        case _:
            assert_never(feature)


def encoding_text(feature: Feature, number: NumberText) -> str:
    """What becomes of a value; arguments as for `impute_text`."""
    match feature:
        case NumericFeature():
            scaled = "as it is" if feature.scaler.type == "none" else f"{feature.scaler.type} scale"
            mapped = [f"{len(feature.map):,} texts as numbers"] if feature.map else []
            clipped = [] if feature.bounds is None else ["clipped to " + " … ".join(map(number, feature.bounds))]
            return ", ".join([*mapped, *clipped, scaled, *_indicator(feature.has_indicator)])
        case CategoricalFeature():
            if feature.encode_as == "target":
                return "mean of the target"
            order = ", declared order" if feature.has_order else ""
            return feature.encode_as + (", rare values together" if feature.has_other else order)
        case BooleanFeature():
            return ", ".join(["1 or 0", *_indicator(feature.has_indicator)])
        case DatetimeFeature():
            parts = [part.part + (" (circle)" if part.scaler is None else "") for part in feature.parts]
            return ", ".join([*parts, *_indicator(feature.has_indicator)])
        case _:
            assert_never(feature)


def _indicator(has_indicator: bool) -> list[str]:
    return ["1 where missing"] * has_indicator
