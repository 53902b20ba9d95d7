"""`dltrain init` as a user sees it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from tests.conftest import PATIENCE, PROJECT, CheckGolden, Cli

PENGUINS = Path("data/penguins.csv")
DLTRAIN = [sys.executable, "-m", "dltrain"]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own with the tables that are shipped."""
    (tmp_path / "data").symlink_to(PROJECT / "data")
    monkeypatch.chdir(tmp_path)


@pytest.mark.golden
def test_help(cli: Cli, monkeypatch: pytest.MonkeyPatch, check_golden: CheckGolden) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    outcome = cli("init", "--help")
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("help_init.txt", outcome.out)


@pytest.mark.golden
def test_the_config_and_the_page_of_a_shipped_table(cli: Cli, check_golden: CheckGolden) -> None:
    outcome = cli("init", PENGUINS, "--target", "species")
    assert (outcome.code, outcome.err) == (0, "")
    check_golden("init_penguins.txt", outcome.out)
    check_golden("init_penguins.yaml", Path("penguins.yaml").read_text(encoding="utf-8"))


def test_the_config_can_be_checked_as_it_is(cli: Cli) -> None:
    assert cli("init", PENGUINS, "--target", "species").code == 0
    outcome = cli("check", "penguins.yaml", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["summary"]["task"] == "multiclass"


def test_a_config_on_standard_output_is_the_one_of_the_file(cli: Cli) -> None:
    printed = cli("init", PENGUINS, "-t", "species", "-o", "-")
    assert printed.code == 0
    assert not Path("penguins.yaml").exists()
    assert printed.err.startswith("data       penguins.csv: 344 rows")
    cli("init", PENGUINS, "-t", "species")
    assert printed.out == Path("penguins.yaml").read_text(encoding="utf-8")


def test_nothing_is_overwritten_without_force(cli: Cli) -> None:
    Path("penguins.yaml").write_text("mine\n")
    outcome = cli("init", PENGUINS, "-t", "species")
    assert outcome.code == 4
    assert "penguins.yaml: exists already" in outcome.err
    assert "--force" in outcome.err
    assert Path("penguins.yaml").read_text() == "mine\n"
    assert cli("init", PENGUINS, "-t", "species", "--force").code == 0
    assert "target: species" in Path("penguins.yaml").read_text()


def test_a_table_is_never_overwritten(cli: Cli) -> None:
    Path("table.csv").write_text("a,y\n1,2\n")
    outcome = cli("init", "table.csv", "-t", "y", "-o", "table.csv", "--force")
    assert outcome.code == 2
    assert "expected a YAML file to write, got the name of a table, 'table.csv'" in outcome.err
    assert Path("table.csv").read_text() == "a,y\n1,2\n"


def test_json_holds_every_decision_with_its_reason(cli: Cli) -> None:
    names = [f"P{n}" for n in range(60)]
    write(Path("table.csv"), {"name": names, "a": list(range(0, 600, 10)), "y": ["p", "q", "q"] * 20})
    content = json.loads(cli("init", "table.csv", "-t", "y", "--json").out)
    assert content["path"] == "table.yaml"
    assert content["config"]["data"]["id"] == ["name"]
    assert {"key": ["data", "id", 0], "reason": "all 60 values are different, as those of an id"} in content["reasons"]


def test_json_and_a_config_do_not_share_standard_output(cli: Cli) -> None:
    outcome = cli("init", PENGUINS, "-t", "species", "-o", "-", "--json")
    assert (outcome.code, outcome.out) == (2, "")


def test_quiet_prints_nothing(cli: Cli) -> None:
    outcome = cli("init", PENGUINS, "-t", "species", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize(
    ("table", "target", "code", "text"),
    [
        ("data/pinguins.csv", "species", 3, "there is no such file"),
        ("data/penguins.csv", "specie", 2, "hint: did you mean 'species'?"),
        ("table.xlsx", "y", 3, "expected a file name ending in"),
        ("commas.csv", "y", 3, "expected plain numbers as a target"),
    ],
)
def test_a_mistake_leaves_no_file_and_says_what_to_do(cli: Cli, table: str, target: str, code: int, text: str) -> None:
    write(Path("commas.csv"), {"a": [n + 0.25 for n in range(60)], "y": [f"{n},5" for n in range(60)]})
    outcome = cli("init", table, "-t", target)
    assert (outcome.code, outcome.out) == (code, "")
    assert text in outcome.err
    assert list(Path().glob("*.yaml")) == []


def test_a_table_of_another_country_is_fitted_without_a_config(cli: Cli) -> None:
    rng = np.random.default_rng(0)
    lines = [f"{x:.3f};{2 * x + y:.2f}".replace(".", ",") for x, y in rng.normal(size=(90, 2))]
    Path("semicolons.csv").write_text("\n".join(["x;y", *lines]) + "\n", encoding="utf-8")
    outcome = cli("init", "semicolons.csv", "-t", "y")
    assert outcome.code == 0
    text = Path("semicolons.yaml").read_text(encoding="utf-8")
    assert 'separator: ";" ' in text
    assert 'decimal: "," ' in text
    assert cli("check", "semicolons.yaml").code == 0


def test_numbers_that_are_lost_are_told(cli: Cli) -> None:
    rng = np.random.default_rng(0)
    commas = [f"{number:.2f}".replace(".", ",") for number in rng.normal(size=90)]
    write(Path("table.csv"), {"a": rng.normal(size=90), "b": commas, "y": rng.normal(size=90)})
    outcome = cli("init", "table.csv", "-t", "y")
    assert outcome.code == 0
    assert outcome.err.startswith("note: column 'b' is left out although it holds numbers: 90 of 90 cells are numbers")


def test_init_imports_neither_tensorflow_nor_pandas_nor_scikit_learn() -> None:
    script = (
        "import sys; sys.argv = ['dltrain', 'init', 'data/penguins.csv', '-t', 'species', '-q']\n"
        "from dltrain.cli.app import app\n"
        "from dltrain.cli.failures import exit_code_of\n"
        "code = exit_code_of(app)\n"
        "heavy = {'tensorflow', 'keras', 'pandas', 'sklearn', 'scipy', 'matplotlib', 'onnxruntime'}\n"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert done.stderr == "0 []\n"


def write(path: Path, columns: dict[str, Any]) -> None:
    pyarrow.csv.write_csv(pa.table({name: np.asarray(cells).astype(str) for name, cells in columns.items()}), path)


def categories(rng: np.random.Generator) -> dict[str, Any]:
    columns = {name: rng.choice(list("abcdef"), 600) for name in ("shape", "colour", "wood")}
    good = (columns["shape"] < "c") ^ (rng.random(600) < 0.1)
    return {**columns, "y": np.where(good, "good", "bad")}


def forty_rows(rng: np.random.Generator) -> dict[str, Any]:
    a, b, noise = rng.normal(size=(3, 40))
    return {"a": a, "b": b, "y": 2 * a - b + noise / 4}


def three_hundred_columns(rng: np.random.Generator) -> dict[str, Any]:
    values = rng.normal(size=(300, 500))
    columns = {f"v{place}": cells for place, cells in enumerate(values)}
    return {**columns, "y": values[:3].sum(axis=0) * 2 + rng.normal(size=500) / 2}


def classes_of_two_rows(rng: np.random.Generator) -> dict[str, Any]:
    place = np.repeat(np.arange(40), 2)
    return {"a": place + rng.normal(size=80) / 20, "y": [f"class {n}" for n in place]}


def odd_names(rng: np.random.Generator) -> dict[str, Any]:
    values = rng.normal(size=(5, 400)).astype(str)
    values[0][::9], values[1][::7] = " ", ""
    names = ["größe (m²)", "a.b.c", "x[0]", 'say "hi"', "it's, a: b"]
    target = np.where(values[2].astype(float) + values[3].astype(float) > 0, "ja", "nein")
    return {**dict(zip(names, values, strict=True)), "#Süd": rng.choice(["no", "yes", " "], 400), "y": target}


UGLY: list[Callable[[np.random.Generator], dict[str, Any]]] = [
    categories,
    forty_rows,
    three_hundred_columns,
    classes_of_two_rows,
    odd_names,
]


def fitted(table: Path, target: str) -> dict[str, Any]:
    """Writes a config, fits it untouched, returns the scores of the test rows."""
    for command in (["init", str(table), "-t", target, "-o", "t.yaml", "-q"], ["fit", "t.yaml", "--json", "-q"]):
        done = subprocess.run([*DLTRAIN, *command], capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
    scores: dict[str, Any] = json.loads(done.stdout)["metrics"]["test"]
    return scores


def beats_the_baseline(scores: dict[str, Any]) -> bool:
    metrics, baseline = scores["metrics"], scores["baseline"]
    name = next(name for name in ("rmse", "log_loss") if name in metrics)
    return bool(metrics[name] < baseline[name])


@pytest.mark.slow
@pytest.mark.parametrize("table_of", UGLY)
def test_an_ugly_table_is_fitted_untouched(table_of: Callable[[np.random.Generator], dict[str, Any]]) -> None:
    write(Path("table.csv"), table_of(np.random.default_rng(0)))
    assert beats_the_baseline(fitted(Path("table.csv"), "y"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "target"), [("penguins", "species"), ("mpg", "hwy"), ("ionosphere", "Class")])
def test_a_shipped_table_is_fitted_untouched(name: str, target: str) -> None:
    assert beats_the_baseline(fitted(Path(f"data/{name}.csv"), target))
