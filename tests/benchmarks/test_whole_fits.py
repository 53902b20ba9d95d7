from pathlib import Path

import pytest

from benchmarks.processes import PROJECT
from benchmarks.whole_fits import FITS, report_absent
from dltrain.config import load_config


@pytest.mark.parametrize("name", FITS)
def test_the_config_and_its_overrides_are_valid(name: str) -> None:
    fit = FITS[name]

    loaded = load_config(PROJECT / fit.config, list(fit.overrides))

    assert Path(loaded.config.data.path).name == fit.tables[0]


def test_every_config_of_the_benchmarks_is_fitted() -> None:
    configs = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "benchmarks").rglob("*.yaml")}

    assert configs <= {fit.config for fit in FITS.values()}


def test_a_table_that_is_not_there_is_reported(tmp_path: Path) -> None:
    fit = FITS["covertype"]

    report = report_absent(fit)

    assert fit.paths(tmp_path) is None
    assert report.rows[0][:2] == [fit.title, "covertype.csv.gz not found"]
    assert report.goals[0].endswith("not measured, covertype.csv.gz not found.")
