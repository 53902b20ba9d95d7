import pytest

from dltrain.table.csv_text import CsvText
from dltrain.table.row_lines import RowLines, find_lines


def csv_text(data: bytes, first_line: int = 10) -> CsvText:
    return CsvText(data, ",", "t.csv", first_line)


@pytest.mark.parametrize(
    ("data", "lines"), [(b"1,2\n3,4\n5,6", [10, 11, 12]), (b'1,"2\n"\n\n3,4\n5,6\n', [10, 13, 14])]
)
def test_lines_of_rows_are_found(data: bytes, lines: list[int]) -> None:
    rows = RowLines.of_text(csv_text(data), first_row=100, n_rows=3)

    assert rows.lines_of([101, 99, 102, 103, 100]) == dict(zip(range(100, 103), lines, strict=True))


def test_text_is_kept_only_where_rows_and_lines_differ() -> None:
    assert RowLines.of_text(csv_text(b"1,2\n3,4\n"), first_row=0, n_rows=2).text is None
    assert RowLines.of_text(csv_text(b"1,2\n\n3,4\n"), first_row=0, n_rows=2).text is not None


def test_lines_are_found_across_texts_and_no_more_is_read_than_needed() -> None:
    texts = iter([csv_text(b"1\n\n2\n", 2), csv_text(b'"\n"\n3\n', 5), csv_text(b"4\n", 8)])

    assert find_lines(texts, [3, 1]) == {1: 4, 3: 7}
    assert len(list(texts)) == 1
    assert find_lines(texts, []) == {}
