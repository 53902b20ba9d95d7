from collections.abc import Sequence

import numpy as np
import pytest

from dltrain.config.sections.preprocessing import ColumnSection, Kind, PreprocessingSection
from dltrain.errors import DataError
from dltrain.features import feature_kinds
from tests.features.tables import table_of

SENTENCES = [f"this is the remark {n}" for n in range(30)]


def kind_of(cells: Sequence[str | None], n_train: int | None = None, kind: Kind | None = None) -> Kind:
    section = PreprocessingSection(columns={"x": ColumnSection(kind=kind)})
    return feature_kinds(table_of(x=cells), np.arange(n_train or len(cells)), ["x"], section)["x"]


def test_sentences_are_refused_with_both_ways_on() -> None:
    with pytest.raises(DataError) as caught:
        kind_of([*SENTENCES, None])
    assert caught.value.message == (
        "table: column 'x': expected categories, numbers or dates, got free text: 30 different texts of 5.0 words in "
        "30 training cells, such as 'this is the remark 0'"
    )
    assert caught.value.hint == "data.drop: [x], or preprocessing.columns.x.kind: categorical if it really is one"


@pytest.mark.parametrize(
    "cells",
    [
        SENTENCES[:20],
        [*SENTENCES, *SENTENCES],
        [f"C{n} D{n}" for n in range(30)],
        [f"5 Jan {n} 10:30 PM" for n in range(1990, 2020)],
    ],
    ids=["few", "repeated", "names", "dates"],
)
def test_other_texts_are_categories(cells: list[str]) -> None:
    assert kind_of(cells) == "categorical"


def test_a_stated_kind_is_believed() -> None:
    assert kind_of(SENTENCES, kind="categorical") == "categorical"


def test_the_training_rows_decide() -> None:
    cells = [*[SENTENCES[n % 5] for n in range(40)], *SENTENCES]
    assert kind_of(cells, 40) == "categorical"
    with pytest.raises(DataError, match="free text"):
        kind_of(cells[40:] + cells[:40], 30)
