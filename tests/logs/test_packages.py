"""Packages of the logs: told of before anything else happens."""

import sys
from typing import Any

import pytest

from dltrain.config import config_from_dict
from dltrain.errors import ConfigError
from dltrain.logs import check_packages

CONTENT: dict[str, Any] = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
BOTH = {"tensorboard": "tb", "mlflow": {"tracking_uri": "sqlite:///mlflow.db"}}
SERVER = {"mlflow": {"tracking_uri": "http://127.0.0.1"}}


def check(logs: dict[str, Any] | None) -> None:
    check_packages(config_from_dict(CONTENT | {"logs": logs}))


def test_installed_packages_are_found_without_importing_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tensorboard", "mlflow"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    check(BOTH)
    assert {"tensorboard", "mlflow"}.isdisjoint(sys.modules)


def test_all_that_is_missing_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tensorboard", "mlflow", "sqlalchemy"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ConfigError) as caught:
        check(BOTH)
    assert str(caught.value) == (
        "config: logs.tensorboard: expected the package tensorboard, which is not installed\n"
        "    hint: pip install 'dltrain[tensorboard]', or do without: logs.tensorboard=null\n"
        "config: logs.mlflow: expected the packages mlflow, sqlalchemy, which are not installed\n"
        "    hint: pip install 'dltrain[mlflow]', or do without: logs.mlflow=null"
    )


@pytest.mark.parametrize(
    ("logs", "missing"), [(SERVER, "sqlalchemy"), ({"tensorboard": "tb"}, "mlflow"), (None, "mlflow")]
)
def test_what_is_not_needed_may_be_missing(monkeypatch: pytest.MonkeyPatch, logs: Any, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    check(logs)


def test_a_folder_of_that_name_is_no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "tensorboard").mkdir()
    monkeypatch.delitem(sys.modules, "tensorboard", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ConfigError, match=r"logs\.tensorboard: expected the package"):
        check({"tensorboard": "tb"})
