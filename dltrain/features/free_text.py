"""Refuses columns of free text, which as categories would only be learned by heart."""

import numpy as np

from dltrain.config.yaml.overrides import key_part
from dltrain.errors import DataError, escaped, quoted_list
from dltrain.profiling.free_text import hardly_repeats, is_free_text
from dltrain.profiling.text_forms import mean_words, mostly_dates
from dltrain.table import Table, categorical_values, numpy_from_arrow


def check_is_no_free_text(table: Table, name: str) -> None:
    """Refuses a column whose texts are sentences.

    Args:
        table: The training rows.
        name: A categorical column.

    Raises:
        DataError: It is one.
    """
    cells = categorical_values(table, name)
    n_distinct, n_known = len(cells.dictionary), len(cells) - cells.null_count
    if not hardly_repeats(n_distinct, n_known):
        return
    words = mean_words(cells.dictionary)
    if not is_free_text(n_distinct=n_distinct, n_known=n_known, words=words):
        return
    counts = np.bincount(numpy_from_arrow(cells.indices.drop_null()), minlength=n_distinct)
    if mostly_dates(cells.dictionary, counts):
        return
    column = escaped(name)
    raise DataError(
        f"{table.source}: column '{column}': expected categories, numbers or dates, got free text: {n_distinct:,} "
        f"different texts of {words:.1f} words in {n_known:,} training cells, such as "
        f"{quoted_list([text[:60] for text in cells.dictionary[:1].to_pylist()])}",
        hint=f"data.drop: [{column}], or preprocessing.columns.{key_part(name)}.kind: categorical if it really is one",
    )
