"""What a fit changed in the cells of its columns, in a line for each column."""

from collections.abc import Iterator, Mapping
from typing import Final

from dltrain.errors import escaped
from dltrain.features import CellChanges, FittedFeatures
from dltrain.features.preprocessing import Feature

_SHOWN: Final = 5


def notes_on_cells(fitted: FittedFeatures, *, n_train: int) -> list[str]:
    """Says which training cells were filled with what and how many were clipped; five columns at most.

    Args:
        fitted: The features.
        n_train: Training rows.
    """
    notes = list(_notes(fitted.features, fitted.changes, n_train))
    more = [f"and {len(notes) - _SHOWN:,} more columns like these"] if len(notes) > _SHOWN else []
    return notes[:_SHOWN] + more


def _notes(features: tuple[Feature, ...], changes: Mapping[str, CellChanges], n_train: int) -> Iterator[str]:
    for feature in features:
        missing, clipped = changes[feature.name]
        parts = []
        if feature.kind == "categorical" and missing == n_train:
            yield f"column '{escaped(feature.name)}': every training cell is missing: it says nothing"
        if missing and feature.fill_value is not None:
            parts.append(f"{missing:,} missing filled with {_fill_text(feature)}")
        if clipped and feature.kind == "numeric" and feature.bounds is not None:
            low, high = feature.bounds
            parts.append(f"{clipped:,} clipped to {low:.4g} … {high:.4g}")
        if parts:
            yield f"column '{escaped(feature.name)}': of {n_train:,} training cells {', '.join(parts)}"


def _fill_text(feature: Feature) -> str:
    match feature.kind:
        case "numeric":
            value = f"{feature.fill_value:.4g}"
        case "boolean":
            value = str(feature.fill_value).lower()
        case "datetime":
            value = str(feature.fill_value).removesuffix("T00:00:00.000000")
        case "categorical":
            value = f"'{escaped(str(feature.fill_value))}'"
    how = "" if feature.impute == "constant" else f" ({feature.impute.replace('_', ' ')})"
    return value + how
