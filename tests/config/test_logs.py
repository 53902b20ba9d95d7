"""Section `logs`: addresses, paths, and that it says nothing of what is trained."""

from pathlib import Path
from typing import Any

import pytest

from dltrain.config import LoadedConfig, config_from_dict, load_config, to_yaml
from dltrain.config.differences import config_differences
from dltrain.config.sections.logs import MlflowSection
from dltrain.errors import ConfigError

CONTENT: dict[str, Any] = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
ADDRESS = "logs.mlflow.tracking_uri"


def loaded(*overrides: str) -> LoadedConfig:
    return config_from_dict(CONTENT, overrides)


def tracking_uri(config: LoadedConfig) -> str:
    assert config.config.logs is not None
    assert config.config.logs.mlflow is not None
    return config.config.logs.mlflow.tracking_uri


def test_a_config_without_logs_says_nothing_of_them() -> None:
    assert loaded().config.logs is None
    assert "\nlogs:" not in to_yaml(loaded().config)


def test_paths_are_relative_to_the_config_file(tmp_path: Path) -> None:
    file = tmp_path / "fit.yaml"
    file.write_text(
        "data: {path: a.csv, target: y}\nmodel: {layers: []}\n"
        "logs: {tensorboard: tb, mlflow: {tracking_uri: sqlite:///in/mlflow.db}}\n"
    )
    config = load_config(file)
    assert config.config.logs is not None
    assert config.config.logs.tensorboard == str(tmp_path / "tb")
    assert tracking_uri(config) == f"sqlite:///{tmp_path}/in/mlflow.db"


@pytest.mark.parametrize("uri", ["sqlite:////abs/mlflow.db", "http://127.0.0.1:5000", "https://mlflow.example.org/a/b"])
def test_absolute_addresses_stay_as_they_are(uri: str) -> None:
    config = loaded(f"{ADDRESS}={uri}")
    assert tracking_uri(config) == uri
    assert config.config.logs is not None
    assert config.config.logs.mlflow == MlflowSection(tracking_uri=uri, experiment="dltrain")
    assert config_from_dict(CONTENT | {"logs": config.config.logs.model_dump()}).config == config.config


@pytest.mark.parametrize(
    "uri", ["mlruns", "file:///mlruns", "databricks", "postgresql://h/db", "http://", "http://[x", "sqlite:///", "''"]
)
def test_other_addresses_are_refused(uri: str) -> None:
    with pytest.raises(ConfigError, match=r"logs\.mlflow\.tracking_uri: expected sqlite:///FILE"):
        loaded(f"{ADDRESS}={uri}")


def test_a_name_gets_a_hint_that_can_be_pasted() -> None:
    with pytest.raises(ConfigError, match=r"hint: sqlite:///mlruns\.db"):
        loaded(f"{ADDRESS}=mlruns")
    assert tracking_uri(loaded(f"{ADDRESS}=sqlite:///mlruns.db")).endswith("/mlruns.db")


@pytest.mark.parametrize(
    "uri", ["https://me:secret@host/x", "https://host/x?token=secret", "postgresql://me:secret@host/db"]
)
def test_a_password_is_refused_and_not_repeated(tmp_path: Path, uri: str) -> None:
    file = tmp_path / "fit.yaml"
    text = f"data: {{path: a.csv, target: y}}\nmodel: {{layers: []}}\nlogs: {{mlflow: {{tracking_uri: '{uri}'}}}}\n"
    file.write_text(text)
    with pytest.raises(ConfigError, match="MLFLOW_TRACKING_PASSWORD") as caught:
        load_config(file)
    assert "secret" not in str(caught.value)


def test_the_password_of_an_override_is_not_repeated() -> None:
    with pytest.raises(ConfigError, match=r"override 'logs\.mlflow\.tracking_uri=https://…@host'") as caught:
        loaded(f"{ADDRESS}=https://me:secret@host")
    assert "secret" not in str(caught.value)


def test_logs_are_no_difference_between_two_configs() -> None:
    first, second = loaded("logs.tensorboard=a"), loaded(f"{ADDRESS}=sqlite:///b.db")
    assert config_differences(first.config, second.config) == {}
    assert config_differences(first.config, loaded("training.epochs=7").config) == {"training.epochs": (100, 7)}
