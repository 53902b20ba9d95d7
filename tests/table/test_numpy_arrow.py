import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dltrain.table import arrow_from_numpy, numpy_from_arrow, text_array
from dltrain.table.numpy_arrow import text_bytes, text_offsets
from tests.conftest import PATIENCE, PROJECT

NUMBERS = [
    np.array([1.5, np.nan, np.inf]),
    np.array([1.5, -0.0], dtype=np.float32),
    np.array([1, 2, 3], dtype=np.int32),
    np.arange(10)[::3],
    np.array([], dtype=np.float64),
]


@pytest.mark.parametrize("values", NUMBERS)
def test_numbers_become_the_arrays_that_arrow_would_make(values: np.ndarray) -> None:
    array = arrow_from_numpy(values)

    assert array.type == pa.array(values).type
    np.testing.assert_array_equal(array.to_numpy(), values)


@pytest.mark.parametrize("values", [np.array([True, False, True]), np.arange(20)[::3] % 2 == 0, np.array([], np.bool_)])
def test_booleans_become_the_arrays_that_arrow_would_make(values: np.ndarray) -> None:
    assert arrow_from_numpy(values) == pa.array(values)


@pytest.mark.parametrize("values", [*NUMBERS, np.array([True, False, True])])
@pytest.mark.parametrize("chunked", [False, True])
def test_arrays_become_numpy_arrays_that_can_be_changed(values: np.ndarray, chunked: bool) -> None:
    array = pa.chunked_array([values, values]).slice(1) if chunked else pa.array(values)

    copied = numpy_from_arrow(array)

    assert copied.dtype == values.dtype
    np.testing.assert_array_equal(copied, np.concatenate([values, values])[1:] if chunked else values)
    assert copied.flags.writeable


@pytest.mark.parametrize("texts", [["a", "", "é€", "x" * 1000], []])
def test_text_becomes_the_array_that_arrow_would_make(texts: list[str]) -> None:
    array = text_array(texts)

    array.validate(full=True)
    assert array == pa.array(texts, pa.string())


@pytest.mark.parametrize(
    ("array", "data", "offsets"),
    [
        (pa.array(["ab", "", None, "é"]), "abé", [0, 2, 2, 2, 4]),
        (pa.array(["ab", "c", "de", "f"]).slice(1, 2), "cde", [2, 3, 5]),
        (pa.array([], pa.string()), "", [0]),
        (pa.array(["a"]).slice(1), "", [0]),
        (pa.nulls(2, pa.string()), "", [0, 0, 0]),
    ],
)
def test_the_bytes_of_text_come_without_those_of_other_cells(array: pa.Array, data: str, offsets: list[int]) -> None:
    assert text_bytes(array) == data.encode()
    assert text_offsets(array).tolist() == offsets


FROM_READING_TO_WRITING = """
import io, sys
import numpy as np, pyarrow as pa
from dltrain.errors import DataError
from dltrain.config.sections.data import TextFormat
from dltrain.table import *

data = b"n,b,c,y,bad\\n1, true,x,1.0,1\\n+2,,,0,?\\n,False,z,1,3\\n"
with open_blocks(io.BytesIO(data), texts=TextFormat(("NA",))) as blocks:
    [table] = blocks
assert [infer_kind(table, name) for name in "nbc"] == ["numeric", "boolean", "categorical"]
numeric_values(table, "n"), boolean_values(table, "b"), categorical_values(table, "c"), categorical_values(table, "y")
try:
    numeric_values(table, "bad")
except DataError as error:
    assert "standard input:3" in str(error)
columns = {"p": arrow_from_numpy(np.array([0.5, 1, 2])), "label": text_array(["a", "b", "c"])}
CsvWriter(io.BytesIO()).write(pa.table(columns | {"id": table.column("c")}))
print([name for name in ("pandas", "pyarrow.parquet", "pyarrow.dataset") if name in sys.modules])
"""


def test_from_reading_to_writing_a_csv_nothing_heavy_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", FROM_READING_TO_WRITING], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[]\n", "")


def _calls_that_import_pandas(path: Path) -> Iterator[int]:
    """The lines in which Arrow would look for pandas, which a fit hides while TensorFlow is imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        makes_array = owner == "pa" and node.func.attr in ("array", "scalar")
        # The compute functions make scalars of what is no Arrow value.
        makes_scalar = owner == "pc" and any(
            isinstance(argument, ast.Constant) and not isinstance(argument.value, str) for argument in node.args
        )
        if makes_array or makes_scalar or node.func.attr in ("to_numpy", "to_pandas"):
            yield node.lineno


def test_only_where_data_frames_come_and_go_arrow_may_import_pandas() -> None:
    of_frames = {PROJECT / "dltrain/table/frames.py", PROJECT / "dltrain/workflows/models/model.py"}
    modules = sorted(set((PROJECT / "dltrain").rglob("*.py")) - of_frames)
    assert len(modules) > 200
    found = [f"{module.name}:{line}" for module in modules for line in _calls_that_import_pandas(module)]
    assert found == []


def test_tables_are_read_while_pandas_is_hidden(tmp_path: Path) -> None:
    columns = {"number": [1.5, None], "whole": [1, 2], "text": ["a", "b"], "empty": pa.nulls(2, pa.string())}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    (tmp_path / "t.csv").write_text("number,whole,text,empty\n1.5,1,a,\n,2,b,\n")
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from pathlib import Path\n"
        "from dltrain.config.sections.data import TextFormat\n"
        "from dltrain.table import read_table\n"
        "from dltrain.table.values import categorical_values, mapped_values\n"
        "for name in sys.argv[1:]:\n"
        "    for texts in (TextFormat(), TextFormat(missing_values=('NA',)), TextFormat(missing_values=('-999',))):\n"
        "        table = read_table(Path(name), texts=texts)\n"
        "        mapped_values(table, 'empty', {'a': 1.0})\n"
        "        mapped_values(table, 'text', {'a': 1.0, 'b': 2.0})\n"
        "        for column in table.column_names: categorical_values(table, column)\n"
    )
    names = [str(tmp_path / name) for name in ("t.parquet", "t.csv")]
    subprocess.run([sys.executable, "-c", code, *names], check=True, timeout=PATIENCE)
