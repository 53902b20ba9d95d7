"""What docs/logs.md tells happens."""

from pathlib import Path

import pytest

from dltrain.logs.mlflow_log import ENVIRONMENT
from dltrain.logs.parameters import MAX_CHARACTERS
from tests.conftest import PROJECT
from tests.pages import follow

PAGE = PROJECT / "docs" / "logs.md"


@pytest.mark.slow
def test_the_page_tells_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The page reads with MLflow alone.
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    problems = follow(PAGE, tmp_path, config="penguins.yaml")
    assert not problems, "\n\n".join(problems)


def test_the_page_names_what_dltrain_sets() -> None:
    text = PAGE.read_text()
    assert f"at most {MAX_CHARACTERS} characters" in text
    assert "MLFLOW_DISABLE_TELEMETRY=true" in text
    assert f"after {ENVIRONMENT['MLFLOW_HTTP_REQUEST_TIMEOUT']} seconds and two more" in text
    assert ENVIRONMENT["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "2"
