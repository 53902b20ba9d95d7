"""`dltrain predict` from a terminal, a pipe and with wrong input, on the golden run, without TensorFlow."""

import csv
import io
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, Cli

EXPECTED = Path(__file__).parents[1] / "golden" / "people_predictions.csv"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def assert_close(found: str, expected: str) -> None:
    """The same ids and labels, probabilities to 1e-6."""
    for mine, kept in zip(rows(found), rows(expected), strict=True):
        assert (mine["person"], mine["prediction"]) == (kept["person"], kept["prediction"])
        assert float(mine["p_yes"]) == pytest.approx(float(kept["p_yes"]), abs=1e-6)


def test_the_golden_run_predicts_what_it_always_did(cli: Cli, golden_run: Path, people: Path) -> None:
    outcome = cli("predict", people, "--run", golden_run)
    assert outcome.code == 0
    assert outcome.out.startswith("person,prediction,p_no,p_yes\n")
    assert_close(outcome.out, EXPECTED.read_text())


def test_probabilities_sum_to_one_and_agree_with_the_label(cli: Cli, golden_run: Path, people: Path) -> None:
    for row in rows(cli("predict", people, "--run", golden_run).out):
        no, yes = float(row["p_no"]), float(row["p_yes"])
        assert no + yes == pytest.approx(1)
        assert row["prediction"] == ("yes" if yes > no else "no")


def test_a_file_is_written_whole_and_never_over_another(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert cli("predict", people, "--run", golden_run, "-o", out).out == ""
    content = out.read_text()
    assert_close(content, EXPECTED.read_text())
    refused = cli("predict", people, "--run", golden_run, "-o", out)
    assert (refused.code, refused.out) == (4, "")
    assert f"error: {out}: exists already\nhint: name another file, or add --force" in refused.err
    assert cli("predict", people, "--run", golden_run, "-o", out, "--force").code == 0
    assert out.read_text() == content


def test_standard_input_gives_the_same_predictions(golden_run: Path, people: Path) -> None:
    command = [sys.executable, "-m", "dltrain", "predict", "-", "--run", str(golden_run)]
    done = subprocess.run(command, input=people.read_bytes(), capture_output=True, check=True, timeout=PATIENCE)
    assert_close(done.stdout.decode(), EXPECTED.read_text())


def test_missing_and_unseen_values_are_counted(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text("person,age,city,owner,income,group\na,,Rome,true,100,z\nb,30,Atlantis,,200,a\n")
    outcome = cli("predict", table, "--run", golden_run)
    assert outcome.code == 0
    assert "note: 'age': 1 of 2 values are missing" in outcome.err
    assert "note: 'group': 1 of 2 values are not among the categories kept from training" in outcome.err
    assert cli("predict", table, "--run", golden_run, "--quiet").err == ""


def test_json_needs_an_output_file_and_tells_what_happened(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    content = json.loads(cli("predict", people, "--run", golden_run, "-o", out, "--json").out)
    assert content["rows"] == 240
    assert content["output"] == str(out)
    assert content["missing"] == {"age": 9, "city": 10}
    assert cli("predict", people, "--run", golden_run, "--json").code == 2


@pytest.mark.parametrize(
    ("table", "code", "text"),
    [
        ("person,age\na,1\n", 3, "4 required columns are missing: 'city', 'owner', 'income', 'group'"),
        ("age,city,owner,income,group\n1,Rome,true,1,a\n", 3, "person"),
        (
            "person,age,city,owner,income,group\na,old,Rome,true,1,a\n",
            3,
            ":2: column 'age': expected a number, got 'old'",
        ),
        ("person,age,city,owner,income,group\na,1,Rome,maybe,1,a\n", 3, ":2: column 'owner'"),
        ("person,age,city,owner,income,group\na,1,Rome,true,1\n", 3, ":2: "),
        ("person,age,city,owner,income,group\n", 3, "expected rows below the header"),
        ("", 3, ""),
    ],
)
def test_a_wrong_table_is_named(cli: Cli, golden_run: Path, tmp_path: Path, table: str, code: int, text: str) -> None:
    path, out = tmp_path / "new.csv", tmp_path / "out.csv"
    path.write_text(table)
    outcome = cli("predict", path, "--run", golden_run, "-o", out)
    assert outcome.code == code
    assert outcome.err.startswith(f"error: {path}")
    assert text in outcome.err
    assert "Traceback" not in outcome.err
    assert not out.exists()


def test_an_error_names_the_run_that_nobody_named(
    cli: Cli, golden_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(golden_run, "runs/mine-1")
    Path("new.csv").write_text("person,age\na,1\n")
    hint = f"hint: the run is {Path('runs/mine-1')}, the newest one: --run names another\n"
    assert cli("predict", "new.csv").err.endswith(hint)
    assert cli("evaluate", "--data", "new.csv").err.endswith(hint)
    assert hint not in cli("predict", "new.csv", "--run", "runs/mine-1").err


def test_a_missing_table_or_run_is_named(cli: Cli, golden_run: Path, people: Path, tmp_path: Path) -> None:
    assert cli("predict", tmp_path / "no.csv", "--run", golden_run).code == 3
    outcome = cli("predict", people, "--run", tmp_path / "no")
    assert outcome.code == 4
    assert "expected a run directory, got nothing of that name" in outcome.err


def test_a_name_that_no_file_can_have_is_a_wrong_table(cli: Cli, golden_run: Path) -> None:
    outcome = cli("predict", "a" * 300 + ".csv", "--run", golden_run)
    assert outcome.code == 3
    assert outcome.err.startswith("error: aaa")


def test_a_run_in_the_place_of_a_table_is_told_where_it_goes(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path
) -> None:
    table = tmp_path / "my people.csv"
    shutil.copy(people, table)
    outcome = cli("predict", golden_run, table)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"error: dltrain predict: expected a table, got a run directory, '{golden_run}'\n"
        f"hint: dltrain predict '{table}' --run {golden_run}\n"
    )
    assert cli("predict", *shlex.split(outcome.err.split("dltrain predict ")[-1])).code == 0
    assert f"dltrain predict FILE --run {golden_run}\n" in cli("predict", golden_run).err


def test_the_output_is_checked_before_anything_is_read(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    outcome = cli("predict", tmp_path / "no.csv", "--run", golden_run, "-o", tmp_path / "no" / "out.csv")
    assert outcome.code == 4
    assert "its folder does not exist" in outcome.err


def test_predict_imports_nothing_heavy(golden_run: Path, people: Path) -> None:
    heavy = ["tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "onnx"]
    script = (
        "import sys; sys.argv = ['dltrain', *sys.argv[1:]]\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "code = exit_code_of(app)\n"
        f"print(sorted(set({heavy}) & set(sys.modules)), code, file=sys.stderr)"
    )
    for command in (["predict", str(people), "-q"], ["show"], ["evaluate", "--data", str(people)]):
        run = ["--run", str(golden_run)] if command[0] != "show" else [str(golden_run)]
        done = subprocess.run(
            [sys.executable, "-c", script, *command, *run], capture_output=True, check=True, timeout=PATIENCE, text=True
        )
        assert done.stderr.splitlines()[-1] == "[] 0", command


def test_a_reader_that_goes_away_is_no_error(golden_run: Path, people: Path) -> None:
    command = f"{sys.executable} -m dltrain predict {people} --run {golden_run} -q | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=PATIENCE, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("person,prediction,p_no,p_yes\n", "", 0)


def test_the_table_to_predict_is_never_overwritten(cli: Cli, golden_run: Path, people: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_bytes(people.read_bytes())
    outcome = cli("predict", table, "--run", golden_run, "-o", table, "--force")
    assert outcome.code == 4
    assert "expected another file than the table to predict" in outcome.err
    assert table.read_bytes() == people.read_bytes()


@pytest.mark.parametrize("name", ["out.csv.gz", "out.parquet", "out.xlsx"])
def test_another_format_than_csv_is_not_written(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path, name: str
) -> None:
    outcome = cli("predict", people, "--run", golden_run, "-o", tmp_path / name)
    assert outcome.code == 4
    assert "predictions are written as CSV" in outcome.err


@pytest.mark.parametrize("output", ["-", "/dev/stdout"])
def test_standard_output_can_be_named(golden_run: Path, people: Path, output: str) -> None:
    command = [sys.executable, "-m", "dltrain", "predict", str(people), "--run", str(golden_run), "-q", "-o", output]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert_close(done.stdout, EXPECTED.read_text())


def test_hints_of_a_fitted_run_are_about_the_table(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text("person,age,city,owner,income,group\na,old,Rome,true,1,a\n")
    assert "hint: mend the cells, or empty them" in cli("predict", table, "--run", golden_run).err


def test_streams_that_cannot_encode_or_are_closed_are_no_bug(golden_run: Path) -> None:
    show = f"{sys.executable} -m dltrain show {golden_run}"
    for command in (f"PYTHONIOENCODING=ascii {show}", f"{show} >&-"):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert (done.returncode, done.stderr) == (0, "")


NEW = "person,age,city,owner,income,group\na,,Rome,true,100,z\nb,30,Paris,false,200,a\n"


def test_columns_and_notes_are_added(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text(NEW)
    outcome = cli("predict", table, "--run", golden_run, "--keep", "city", "--keep", "age", "--notes", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("person,city,age,prediction,p_no,p_yes,notes\na,Rome,,")
    assert [row["notes"] for row in rows(outcome.out)] == ["unseen: group; missing: age", ""]


def test_a_column_that_cannot_be_carried_along_is_named(cli: Cli, golden_run: Path, people: Path) -> None:
    missing = cli("predict", people, "--run", golden_run, "--keep", "ages")
    assert (missing.code, missing.out) == (3, "")
    assert missing.err.startswith(f"error: {people}: keep: there is no column 'ages'; available: 'person', 'age', ")
    assert missing.err.endswith("hint: did you mean 'age'?\n")
    assert cli("predict", people, "--run", golden_run, "--keep", "person").code == 2
    assert cli("predict", people, "--run", golden_run, "--keep", "prediction").code == 2
    assert cli("predict", people, "--run", golden_run, "--keep", "notes").code == 3
    assert cli("predict", people, "--run", golden_run, "--keep", "notes", "--notes").code == 2


def test_several_tables_become_one(cli: Cli, golden_run: Path, people: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text(NEW)
    outcome = cli("predict", people, table, "--run", golden_run, "-q")
    found = rows(outcome.out)
    assert outcome.out.startswith("file,person,prediction,p_no,p_yes\n")
    assert [row["file"] for row in found] == [str(people)] * 240 + [str(table)] * 2
    assert_close(outcome.out.replace("\n" + f"{table},", "\n#").split("\n#")[0] + "\n", EXPECTED.read_text())


def test_standard_input_is_read_once(cli: Cli, golden_run: Path, people: Path) -> None:
    outcome = cli("predict", "-", people, "-", "--run", golden_run)
    assert (outcome.code, outcome.err) == (2, "error: -: expected standard input once, got it more often\n")
    command = [sys.executable, "-m", "dltrain", "predict", str(people), "-", "--run", str(golden_run), "-q"]
    done = subprocess.run(command, input=NEW, text=True, capture_output=True, check=True, timeout=PATIENCE)
    assert [row["file"] for row in rows(done.stdout)][-3:] == [str(people), "standard input", "standard input"]


def test_strict_ends_with_3_and_writes_no_file(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "new.csv", tmp_path / "out.csv"
    table.write_text(NEW)
    refused = cli("predict", table, "--run", golden_run, "-o", out, "--strict")
    assert (refused.code, refused.out) == (3, "")
    assert refused.err.splitlines() == [
        f"note: {golden_run} does not know how its training rows were distributed: --strict cannot find drift",
        f"error: {table}: expected rows like those of training",
        "  'group': 1 of 2 values are not among the categories kept from training",
        "  'age': 1 of 2 values are missing",
        "hint: without --strict these are notes; --notes marks the rows",
    ]
    assert not out.exists()
    told = cli("predict", table, "--run", golden_run, "-o", out, "--strict", "-q", "--json")
    content = json.loads(told.out)
    assert (told.code, content["output"], content["unseen"], out.exists()) == (3, None, {"group": 1}, False)
    printed = cli("predict", table, "--run", golden_run, "--strict", "-q")
    assert (printed.code, len(rows(printed.out))) == (3, 2)
    good = tmp_path / "good.csv"
    good.write_text(NEW.replace("a,,", "a,40,").replace("z", "b"))
    assert cli("predict", good, "--run", golden_run, "-o", out, "--strict", "-q").code == 0
    assert out.exists()


def test_a_file_that_is_replaced_keeps_its_rights_and_its_links(
    cli: Cli, golden_run: Path, people: Path, tmp_path: Path
) -> None:
    out, link = tmp_path / "out.csv", tmp_path / "latest.csv"
    out.write_text("old")
    out.chmod(0o600)
    link.symlink_to("out.csv")
    assert cli("predict", people, "--run", golden_run, "-o", link).code == 4
    assert cli("predict", people, "--run", golden_run, "-o", link, "--force", "-q").code == 0
    assert (link.is_symlink(), out.stat().st_mode & 0o777) == (True, 0o600)
    assert len(rows(out.read_text())) == 240


def test_json_tells_every_column(cli: Cli, golden_run: Path, tmp_path: Path) -> None:
    table = tmp_path / "new.csv"
    table.write_text(NEW)
    content = json.loads(cli("predict", table, "--run", golden_run, "-o", tmp_path / "out.csv", "--json").out)
    assert content["columns"]["group"]["unseen_rate"] == 0.5
    assert content["columns"]["age"]["psi"] is None
