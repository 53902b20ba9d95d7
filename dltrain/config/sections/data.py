"""Section `data`: which table, which column is the target, what role the others have."""

import codecs
import math
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from pydantic import BeforeValidator, Field, model_validator

from dltrain.config.sections.section import Section

Task = Literal["regression", "binary", "multiclass"]


def label_text(value: Any) -> Any:
    """The text of a label as it stands in a table: YAML's `1` and `1.0` are "1", `true` is "true".

    >>> label_text(1), label_text(1.0), label_text(True), label_text("yes")
    ('1', '1', 'true', 'yes')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) and math.isfinite(value) else value


Label = Annotated[
    str,
    BeforeValidator(label_text, json_schema_input_type=str | int | float | bool),
]


Encoding = Literal[
    "utf-8",
    "utf-16",
    "latin-1",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "shift_jis",
    "euc_kr",
    "gb18030",
    "big5",
]


_CONTAINED_IN: Final = {
    "ascii": "utf-8",
    "iso8859-1": "latin-1",
    "utf-8-sig": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""Python's name of an encoding → the one that reads it."""


class NumberFormat(NamedTuple):
    """How texts write numbers.

    Attributes:
        decimal: The character before the fraction.
        thousands: The character between groups of three digits; None for none. A space stands for non-breaking and
            narrow ones, too, and an apostrophe for ’.
    """

    decimal: str = "."
    thousands: str | None = None


class TextFormat(NamedTuple):
    """How the texts of a table are to be read.

    Attributes:
        missing_values: Cell texts that mean "missing", besides the empty cell.
        separator: The character between the cells of a .csv file and of standard input; a space stands for any number
            of spaces and tabs.
        trims_spaces: Whether spaces beside the separators of CSV files are left out.
        numbers: How numbers are written.
        encoding: Of CSV files, as Python names it.
        units: Pairs of a column and the unit beside its numbers.
        skip_lines: Lines above the header of a CSV file.
        headers: The names of the columns of a CSV file without a header: those of the first that has one for each cell;
            an empty one numbers them. Empty where the file has a header.
        columns: Some that the table is known to have; the first line with all of them is the header of a CSV file.
    """

    missing_values: tuple[str, ...] = ()
    separator: str = ","
    trims_spaces: bool = False
    numbers: NumberFormat = NumberFormat()
    encoding: "Encoding" = "utf-8"
    units: tuple[tuple[str, str], ...] = ()
    skip_lines: int = 0
    headers: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()


DURATIONS: Final = ("h:m:s", "h:m", "m:s", "h m s", "h m", "m s", "d h m s", "d h m", "d h")
"""Units of numbers that say how long something took: such cells become numbers of the last part."""

NUMBERED: Final = "column_"
"""What the names of columns begin with that have none; their numbers follow, from 1."""

PLAIN_TEXTS: Final = TextFormat()
"""What a config says that says nothing of it."""

Separator = Literal[",", ";", "tab", "|", "space"]
_CHARACTERS: Final = {"tab": "\t", "space": " "}


def separator_name(character: str) -> str:
    r"""How `data.separator` names what stands between cells.

    >>> separator_name("\t"), separator_name(";")
    ('tab', ';')
    """
    return {character: name for name, character in _CHARACTERS.items()}.get(character, character)


def _separator(value: Any) -> Any:
    """`tab` and `space` are easier to type than the characters, and to read."""
    if value in (" ", "spaces", "\\s+"):
        return "space"
    return "tab" if value in ("\t", "\\t") else value


def _encoding(value: Any) -> Any:
    """The one of `Encoding` that a name means: encodings have many, such as UTF8, iso-8859-1 and windows-1252."""
    try:
        name = codecs.lookup(value).name
    except (LookupError, TypeError, ValueError):
        return value
    name = _CONTAINED_IN.get(name, name)
    return name if name in get_args(Encoding) else value


class DataSection(Section):
    """The table and the roles of its columns."""

    path: str = Field(min_length=1)
    """The table: .csv, .tsv, .txt, .dat or .data, each also with .gz, or .parquet. Relative to the config file."""

    target: str = Field(min_length=1)
    """The column to predict."""

    task: Task | None = None
    """What kind of prediction; inferred from the target column when left out."""

    positive: Label | None = None
    """Binary tasks: the label that counts as class 1. Default: the last label in sorted order."""

    features: tuple[str, ...] | None = Field(default=None, min_length=1)
    """The columns the network sees. Default: every column that has no other role."""

    drop: tuple[str, ...] = ()
    """Columns to leave out."""

    id: tuple[str, ...] = ()
    """Columns that name a row: carried into the predictions, never a feature."""

    weight: str | None = None
    """Column with a weight >= 0 for every row; it counts in the loss and in every metric."""

    missing_target: Literal["error", "drop"] = "error"
    """What to do with rows whose target is missing."""

    missing_values: tuple[str, ...] = ()
    """Cell texts that mean "missing", besides the empty cell: for example ["NA", "?"]. In Parquet files and data frames
    numbers such as "-999" are missing, too."""

    separator: Annotated[Separator, BeforeValidator(_separator)] = ","
    """The character between the cells of .csv files and of standard input: space stands for any number of spaces and
    tabs. A .tsv file always has tabs."""

    trim_spaces: bool = False
    """Whether spaces around cells are left out, as in `39, Private`: beside separators, within quotes, and in the texts
    of Parquet files and data frames."""

    header: Annotated[tuple[str, ...], Field(min_length=1)] | Literal["none"] | None = None
    """The names of the columns, for files that begin with a row in the place of a header; none calls them column_1,
    column_2 and so on. A file that begins with these names is read as well. Parquet files and data frames have names
    of their own."""

    encoding: Annotated[Encoding, BeforeValidator(_encoding)] = "utf-8"
    """The encoding of .csv and .tsv files and of standard input: cp1252 is that of Windows in Western Europe. Other
    names of these, such as UTF8 and windows-1252, are understood."""

    skip_lines: int = Field(default=0, ge=0, le=1000)
    """Lines above the header of .csv and .tsv files and of standard input, such as a title, which are not read."""

    decimal: Literal[".", ","] = "."
    """The character before the fraction of numbers."""

    thousands: Literal[".", ",", " ", "'"] | None = None
    """The character between groups of three digits: with "," 1,234 is 1234. A space stands for non-breaking and narrow
    ones, too."""

    unit_of: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """The unit or sign that stands beside the numbers of a column, in front or behind: {price: "€", share: "%"}. It
    is left out; cells without it are read as well. Or how durations are written, which become numbers of the last part:
    "h:m:s" and "m:s" read 1:02:05 and 58:40 as seconds, "h:m" reads 1:30 as minutes, "h m" reads 2h 50m as minutes,
    "h m s" as seconds; likewise "m s", "d h", "d h m" and "d h m s"."""

    @model_validator(mode="after")
    def _check_number_format(self) -> "DataSection":
        if self.decimal == self.thousands:
            comma = "; where thousands are 1.000, decimal is usually ','" if self.decimal == "." else ""
            raise ValueError(
                f"thousands: expected another character than that of decimal, got '{self.decimal}' twice{comma}"
            )
        return self

    @property
    def texts(self) -> TextFormat:
        """How the texts of the tables are to be read."""
        numbers = NumberFormat(self.decimal, self.thousands)
        return TextFormat(
            missing_values=self.missing_values,
            separator=_CHARACTERS.get(self.separator, self.separator),
            trims_spaces=self.trim_spaces,
            numbers=numbers,
            encoding=self.encoding,
            units=tuple(self.unit_of.items()),
            skip_lines=self.skip_lines,
            headers=() if self.header is None else ((),) if self.header == "none" else (self.header,),
        )
