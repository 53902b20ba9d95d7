"""Numbers of any form in a written config."""

from pathlib import Path

import numpy as np
import pytest

from dltrain.config import load_config
from dltrain.errors import DataError
from dltrain.table import numeric_values
from dltrain.workflows.init import init
from dltrain.workflows.rows.dataset import read_dataset
from dltrain.workflows.split import split
from tests.workflows.starters import N_ROWS, columns_of, read_back, starter_of


def german_table(folder: Path) -> Path:
    """600 rows as a spreadsheet writes them where the comma is before the fraction."""
    price = [f"{1_000 + 7 * n:,}".replace(",", ".") + f",{n % 10}5" for n in range(N_ROWS)]
    area = [f"{n % 90},{n % 7}" for n in range(N_ROWS)]
    people = [f"{500 + 13 * (n % 200):,}".replace(",", ".") for n in range(N_ROWS)]
    town = ["Köln", "Bonn", "Trier"] * (N_ROWS // 3)
    lines = [";".join(row) for row in zip(price, area, people, town, strict=True)]
    path = folder / "häuser.csv"
    path.write_text("\n".join(["Preis;Fläche;Leute;Ort", *lines]) + "\n", encoding="cp1252")
    return path


def test_amounts_in_brackets_are_no_ids(tmp_path: Path) -> None:
    amounts = [f"${n},234.{n % 90 + 10}" for n in range(1, N_ROWS + 1)]
    balance = [f'"({amount})"' if n % 3 else f'"{amount}"' for n, amount in enumerate(amounts)]
    starter = starter_of(tmp_path, balance=balance)
    assert starter.topics["balance"] == "bracketed"
    fee = starter_of(tmp_path, fee=[f"USD {n % 97}.5" for n in range(N_ROWS)])
    assert fee.content["data"]["unit_of"] == {"fee": "USD"}
    lot = starter_of(tmp_path, lot=[f"LOT {n % 97}" for n in range(N_ROWS)])
    assert "unit_of" not in lot.content["data"]


@pytest.mark.parametrize(("odd", "got"), [("1740.88 €", "1740.88"), ("12,5 EUR", "12,5 EUR"), ("1,74,88 €", "1,74,88")])
def test_one_number_of_another_form_is_missing(tmp_path: Path, odd: str, got: str) -> None:
    price = [odd if n == 9 else f"{n % 7 + 1}.{n % 900 + 100},{n % 90 + 10} €" for n in range(N_ROWS)]
    rebate = [f"{n % 9},{n % 7}" for n in range(N_ROWS)]
    path = tmp_path / "table.csv"
    rows = zip(price, rebate, columns_of()["y"], strict=True)
    path.write_text("price;rebate;y\n" + "".join(f"{';'.join(map(str, row))}\n" for row in rows))
    starter = init(path, "y")
    assert (starter.content["data"]["decimal"], starter.content["data"]["missing_values"]) == (",", [got])
    assert not starter.lost_numbers
    assert any(f"price: '{got}' (1 cell) is read as missing" in remark for remark in starter.remarks)


def test_commas_that_nothing_shows_the_meaning_of_are_asked_about(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = [f"{n % 9 + 1},{n * 37 % 1000:03d};{n * 7 % 50}" for n in range(60)]
    table.write_text("\n".join(["length;y", *rows]) + "\n")
    starter = init(table, "y")
    assert (starter.content["data"]["decimal"], starter.content["data"].get("thousands")) == (",", None)
    (told,) = [remark for remark in starter.remarks if remark.startswith("length: ")]
    assert told == (
        "length: '1,000' is read as 1.000, because semicolons divide the cells; if this comma stands before thousands "
        "→ data.decimal=. data.thousands=','"
    )
    other = init(table, "y", ["data.decimal=.", 'data.thousands=","'])
    assert not [remark for remark in other.remarks if remark.startswith("length: ")]
    tabs = tmp_path / "t.tsv"
    tabs.write_text(table.read_text().replace(";", "\t"))
    assert init(tabs, "y").content["data"]["thousands"] == ","


def test_numbers_beside_those_with_a_unit_are_asked_about(tmp_path: Path) -> None:
    share = [f"{n % 90 + 1}%" if n % 2 else str(n % 90 + 1) for n in range(N_ROWS)]
    starter = starter_of(tmp_path, share=share)
    assert starter.content["data"]["unit_of"] == {"share": "%"}
    told = f"share: {N_ROWS // 2:,} cells are numbers with '%', and {N_ROWS // 2:,} without, read as the same"
    assert told in starter.remarks
    assert starter.reasons["data", "unit_of", "share"] == told.removeprefix("share: ")


def test_decimal_commas_below_a_title_are_no_cells(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n};{n * 7 % 50},5;{n * 13 % 70},25 €" for n in range(60)]
    table.write_text("\n".join(["Orders 2024", "", "id;weight;price", *lines]) + "\n", encoding="utf-8")
    data = init(table, "price").content["data"]
    assert (data["separator"], data["skip_lines"], data["decimal"], data["unit_of"]) == (";", 2, ",", {"price": "€"})


def test_numbers_with_one_unit_are_read(tmp_path: Path) -> None:
    euros = [f"{n}.50 €" for n in range(N_ROWS)]
    starter = starter_of(
        tmp_path, price=euros, share=[f"{n % 90}%" for n in range(N_ROWS)], size=["2 doors", "4 doors"] * 300
    )
    assert starter.content["data"]["unit_of"] == {"price": "€", "share": "%"}
    assert starter.reasons["data", "unit_of", "price"] == "its cells are numbers with '€'"
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert (kinds["price"], kinds["share"], kinds["size"]) == ("numeric", "numeric", "categorical")
    column = next(column.profile for column in starter.report.columns if column.profile.name == "price")
    assert (column.minimum, column.maximum) == (0.5, N_ROWS - 0.5)


@pytest.mark.parametrize("every", [2, 3, 8])
def test_numbers_with_marks_are_left_out_as_numbers(tmp_path: Path, every: int) -> None:
    length = [f"{n % 40 / 10 + 4}{'*†'[n % 2] if n % every == 0 else ''}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, length=length)
    assert starter.content["data"]["drop"] == ["length"]
    assert starter.lost_numbers["length"].startswith(
        f"{N_ROWS // every} of 600 cells are numbers with a mark beside them, such as '"
    )
    assert "write plain numbers into the table" in starter.lost_numbers["length"]


def test_marks_beside_a_few_numbers_do_not_mean_that_they_are_missing(tmp_path: Path) -> None:
    length = [f"{n % 40 / 10 + 4}{'*' if n % 20 == 0 else ''}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, length=length)
    assert starter.lost_numbers["length"] == (
        "expected a number, got '4.0*' in line 2; write plain numbers into the table"
    )


def test_a_table_with_semicolons_and_decimal_commas_is_read(tmp_path: Path) -> None:
    starter = init(german_table(tmp_path), "Preis")
    data = starter.content["data"]
    assert (data["separator"], data["decimal"], data["thousands"], data["task"]) == (";", ",", ".", "regression")
    assert data["encoding"] == "cp1252"
    assert starter.reasons["data", "decimal"] == "numbers are written like '1.000,05', '0,0'"
    kinds = {column.profile.name: column.kind for column in starter.report.columns}
    assert kinds == {"Preis": None, "Fläche": "numeric", "Leute": "numeric", "Ort": "categorical"}
    path = tmp_path / "config.yaml"
    path.write_text(starter.text(tmp_path, name="config.yaml"), encoding="utf-8")
    dataset = read_dataset(load_config(path))
    truth = np.sort(np.concatenate([part.truth for part in (dataset.train, dataset.validation, dataset.test)]))
    np.testing.assert_allclose(truth, np.sort([1_000 + 7 * n + n % 10 / 10 + 0.05 for n in range(N_ROWS)]))


def test_a_french_table_with_spaces_before_thousands_is_read(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n % 40 + 1}\u202f{n:03d},{n % 7};{n % 89},5" for n in range(N_ROWS)]
    table.write_text("\n".join(["prix;surface", *lines]) + "\n", encoding="utf-8")
    starter = init(table, "prix")
    data = starter.content["data"]
    assert (data["task"], data["decimal"], data["thousands"]) == ("regression", ",", " ")
    assert starter.reasons["data", "decimal"] == "numbers are written like '1 000,0', '0,5'"


def test_a_point_that_may_stand_before_a_fraction_is_left_to_a_person(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    lines = [f"{n % 90},{n % 7};{n % 11 + 1}.{n:03d};{'yes' if n * n % 13 < 6 else 'no'}" for n in range(N_ROWS)]
    table.write_text("\n".join(["a;b;y", *lines]) + "\n")
    starter = init(table, "y")
    assert starter.reasons["data", "decimal"] == "numbers are written like '0,0', '1.000'"
    assert starter.remarks[0] == (
        "b: '1.000' is read as 1000, because other numbers have a decimal comma; if this point stands before a "
        "fraction, write all numbers of the table in one way"
    )


def test_numbers_are_shown_once_and_from_columns_that_are_kept(tmp_path: Path) -> None:
    amounts = [f"{n % 7 + 1}.{n % 900 + 100},{n % 90 + 10}" for n in range(N_ROWS)]
    rest = [f"{n % 9},{n % 7}" for n in range(N_ROWS)]
    lines = [";".join(cells) for cells in zip(["1 100,10", *amounts[1:]], amounts, rest, strict=True)]
    table = tmp_path / "t.csv"
    table.write_text("\n".join(["odd;price;y", *lines]) + "\n")
    starter = init(table, "y")
    assert starter.content["data"]["drop"] == ["odd"]
    assert starter.reasons["data", "decimal"] == "numbers are written like '1.100,10', '0,0'"
    lines = [f"{cell};{n % 9};{n % 7}" for n, cell in enumerate(["1 100,10", *amounts[1:]])]
    table.write_text("\n".join(["odd;x;y", *lines]) + "\n")
    assert init(table, "y").reasons["data", "decimal"] == "numbers are written like '2.101,11'"
    price = ["9,318" if n % 50 == 0 else f"{n % 97}.5" for n in range(N_ROWS)]
    quoted = starter_of(tmp_path, price=[f'"{cell}"' for cell in price])
    assert quoted.reasons["data", "thousands"] == "numbers are written like '9,318'"


def test_the_parts_of_such_a_table_are_written_as_it_was(tmp_path: Path) -> None:
    table = german_table(tmp_path)
    parts = split(init(table, "Preis").loaded, tmp_path / "parts").parts
    lines = [line for part in parts.values() for line in part.path.read_text(encoding="cp1252").splitlines()]
    assert sorted(set(lines)) == sorted(table.read_text(encoding="cp1252").splitlines())


def test_numbers_in_several_spellings_are_left_out_as_numbers(tmp_path: Path) -> None:
    """As a laboratory writes them: no setting reads all of them."""
    others = {3: "<0.5", 5: '"1,25"', 7: "12.5 mg/l"}
    crp = [others.get(n % 10, f"{n % 17}.{n % 7}") for n in range(N_ROWS)]
    starter = starter_of(tmp_path, crp=crp)
    assert starter.content["data"]["drop"] == ["crp"]
    assert starter.lost_numbers["crp"] == (
        "420 of 600 cells are numbers, and 180 are numbers in other spellings such as '<0.5', '1,25', '12.5 mg/l', "
        "which makes the column text: write plain numbers into the table, or leave the column out"
    )


@pytest.mark.parametrize("every", [7, 80])
def test_limits_of_instruments_are_read_as_their_numbers(tmp_path: Path, every: int) -> None:
    dose = ["<0.5" if n % every == 3 else "n/a" if n % 90 == 5 else f"{n % 17}.{n % 7}" for n in range(N_ROWS)]
    starter = starter_of(tmp_path, dose=dose)
    assert starter.content["preprocessing"]["columns"] == {"dose": {"map": {"<0.5": 0.5}}}
    assert starter.content["data"]["missing_values"] == ["n/a"]
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_limits_follow_the_numbers_of_the_table(tmp_path: Path) -> None:
    rows = [f"{n % 90},{n % 7};{'≥ 1.250,5' if n % 9 == 1 else f'{n % 11},5'}" for n in range(N_ROWS)]
    table = tmp_path / "t.csv"
    table.write_text("\n".join(["y;dose", *rows]) + "\n", encoding="utf-8")
    starter = init(table, "y", ['data.decimal=","', "data.thousands=."])
    assert starter.content["preprocessing"]["columns"] == {"dose": {"map": {"≥ 1.250,5": 1250.5}}}


@pytest.mark.parametrize("top", [10, 40])
def test_labels_at_the_end_of_a_scale_are_read_as_their_numbers(tmp_path: Path, top: int) -> None:
    cells = ["10 - extremely likely" if n % top == 7 else "-" if n % 90 == 5 else n % 10 for n in range(N_ROWS)]
    starter = starter_of(tmp_path, nps=cells)
    assert starter.content["preprocessing"]["columns"] == {"nps": {"map": {"10 - extremely likely": 10}}}
    assert starter.content["data"]["missing_values"] == ["-"]
    n_labels = cells.count("10 - extremely likely")
    assert f"{n_labels} say '10 - extremely likely'" in starter.reasons["preprocessing", "columns", "nps"]
    assert {column.profile.name: column.kind for column in starter.report.columns}["nps"] == "numeric"
    assert read_back(starter, tmp_path) == starter.loaded.config


def test_among_few_numbers_a_limit_is_a_category(tmp_path: Path) -> None:
    children = [("0", "1", "2", ">2")[n % 4] for n in range(N_ROWS)]
    starter = starter_of(tmp_path, children=children)
    assert "preprocessing" not in starter.content
    assert starter_of(tmp_path, "children", children=children).content["data"]["task"] == "multiclass"


def test_words_between_signs_are_no_limits(tmp_path: Path) -> None:
    starter = starter_of(tmp_path, html=[("<b>", "<5>", "<", "7")[n % 4] for n in range(N_ROWS)])
    assert "preprocessing" not in starter.content


def test_numbers_behind_an_apostrophe_are_read(tmp_path: Path) -> None:
    """Spreadsheets take them for text."""
    starter = starter_of(tmp_path, amount=[f"'{n % 97 - 9}" for n in range(N_ROWS)])
    assert starter.content["data"]["unit_of"] == {"amount": "'"}
    (numbers,) = (column.feature for column in starter.report.columns if column.profile.name == "amount")
    assert getattr(numbers, "kind", None) == "numeric"


def test_a_minus_sign_may_stand_before_a_unit(tmp_path: Path) -> None:
    signs = ("", "\N{MINUS SIGN}")
    starter = starter_of(tmp_path, warmth=[f"{signs[n % 3 > 0]}{n % 31} °C" for n in range(N_ROWS)])
    assert starter.content["data"]["unit_of"] == {"warmth": "°C"}
    numbers = read_dataset(starter.loaded).table
    assert numeric_values(numbers, "warmth").min() == -30


def test_durations_are_numbers(tmp_path: Path) -> None:
    minutes = [n * 37 % 700 + 61 for n in range(N_ROWS)]
    starter = starter_of(
        tmp_path,
        lap=["?" if n % 90 == 4 else f"{m // 60}:{m % 60:02d}" for n, m in enumerate(minutes)],
        flight=[f"{m // 60}h {m % 60}m" if m % 60 else f"{m // 60}h" for m in reversed(minutes)],
        shift=[f"{m // 60:02d}:{m % 60:02d}" for m in (n * 37 % 700 for n in range(N_ROWS))],
        goals=[f"{n % 7}:{n % 5}" for n in range(N_ROWS)],
    )
    assert starter.content["data"]["unit_of"] == {"lap": "m:s", "flight": "h m", "shift": "h:m"}
    assert starter.content["data"]["missing_values"] == ["?"]
    assert starter.reasons["data", "unit_of", "flight"].endswith(" become minutes")
    assert 'preprocessing.columns.shift.format="%H:%M" and no unit' in starter.reasons["data", "unit_of", "shift"]
    columns = {column.profile.name: column for column in starter.report.columns}
    for name in ("lap", "flight"):
        assert (columns[name].kind, columns[name].profile.minimum, columns[name].profile.maximum) == (
            "numeric",
            min(minutes),
            max(minutes),
        )


def test_what_need_not_be_a_duration_is_a_question(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    starter = starter_of(
        tmp_path,
        result=[f"{a}:{b}" for a, b in rng.integers(20, 40, (N_ROWS, 2))],
        leaves=[f"{n // 60}:{n % 60:02d}" for n in rng.integers(0, 24 * 60, N_ROWS)],
        lap=[f"{n // 60}:{n % 60:02d}" for n in rng.integers(100, 200, N_ROWS)],
    )
    assert starter.content["data"]["unit_of"] == dict.fromkeys(("result", "leaves", "lap"), "m:s")
    questions = [text for text in starter.remarks if "durations such as" in text]
    assert [text.partition(":")[0] for text in questions] == ["result", "leaves"]
    assert questions[0].endswith("if they are scores, write two columns")
    assert 'preprocessing.columns.leaves.format="%H:%M" and no unit' in questions[1]


def test_a_target_that_need_not_be_a_duration_is_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "games.csv"
    results = np.random.default_rng(0).integers(20, 40, (N_ROWS, 2)).tolist()
    path.write_text("result,x\n" + "".join(f"{a}:{b},{n % 50}\n" for n, (a, b) in enumerate(results)))
    with pytest.raises(DataError, match="column 'result': expected plain numbers as a target") as error:
        init(path, "result")
    assert error.value.hint == """if they are durations: 'data.unit_of={result: "m:s"}'"""
    assert init(path, "result", ['data.unit_of={result: "m:s"}']).content["data"]["task"] == "regression"


def test_a_target_may_be_a_duration(tmp_path: Path) -> None:
    path = tmp_path / "race.csv"
    seconds = [1_800 + n * 37 % 4_000 for n in range(N_ROWS)]
    rows = (f"{s // 3600}:{s // 60 % 60:02d}:{s % 60:02d},{s * 7919 % 997}\n" for s in seconds)
    path.write_text("time,x\n" + "".join(rows))
    starter = init(path, "time")
    assert (starter.content["data"]["unit_of"], starter.content["data"]["task"]) == ({"time": "h:m:s"}, "regression")
