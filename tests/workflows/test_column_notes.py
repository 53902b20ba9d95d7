import numpy as np

from dltrain.config.sections.preprocessing import ColumnSection, Kind, PreprocessingSection
from dltrain.features import fit_features
from dltrain.workflows.fitting.column_notes import notes_on_cells
from tests.features.tables import table_of


def test_a_line_a_column_says_what_was_filled_and_clipped() -> None:
    table = table_of(
        age=["1", None, "3", "100", None],
        city=["Rome", None, "Rome", "Oslo", None],
        own=["a", None, "a", "b", "b"],
        member=["true", None, "true", "false", "true"],
        when=["2024-01-31", None, "2024-02-01", "2024-02-02", "2024-02-03"],
        whole=["1", "2", "3", "4", "5"],
    )
    kinds: dict[str, Kind] = {
        "age": "numeric",
        "city": "categorical",
        "own": "categorical",
        "member": "boolean",
        "when": "datetime",
        "whole": "numeric",
    }
    columns = {
        "age": ColumnSection(clip=(0.0, 0.5)),
        "city": ColumnSection(impute="most_frequent"),
        "member": ColumnSection(impute="constant", fill_value=False),
    }
    fitted = fit_features(table, np.arange(4), kinds=kinds, section=PreprocessingSection(columns=columns))
    assert notes_on_cells(fitted, n_train=4) == [
        "column 'age': of 4 training cells 1 missing filled with 3 (median), 1 clipped to 1 … 3",
        "column 'city': of 4 training cells 1 missing filled with 'Rome' (most frequent)",
        "column 'member': of 4 training cells 1 missing filled with false",
        "column 'when': of 4 training cells 1 missing filled with 2024-02-01 (median)",
    ]


def test_categories_that_are_all_missing_are_told() -> None:
    table = table_of(gone=[None] * 4, few=[None] * 4, rare=["a", "b", "c", "d"], one=["a", None, None, None])
    kinds: dict[str, Kind] = dict.fromkeys(table.column_names, "categorical")
    section = PreprocessingSection(columns=dict.fromkeys(("rare", "few"), ColumnSection(min_count=5)))
    fitted = fit_features(table, np.arange(4), kinds=kinds, section=section)
    told = [f"column '{name}': every training cell is missing: it says nothing" for name in ("gone", "few")]
    assert notes_on_cells(fitted, n_train=4) == told


def test_five_columns_are_named() -> None:
    names = [f"x{number}" for number in range(7)]
    table = table_of(**{name: ["1", None] for name in names})
    fitted = fit_features(table, np.arange(2), kinds=dict.fromkeys(names, "numeric"), section=PreprocessingSection())
    notes = notes_on_cells(fitted, n_train=2)
    assert (len(notes), notes[-1]) == (6, "and 2 more columns like these")
