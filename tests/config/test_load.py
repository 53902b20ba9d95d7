import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dltrain.config.load import config_from_dict, load_config
from dltrain.errors import ConfigError

TEXT = "data: {path: ../tables/a.csv, target: y}\nmodel: {layers: []}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a config in it, and without a symbolic link in its path."""
    folder = tmp_path.resolve() / "configs"
    folder.mkdir()
    (folder / "hotel.yaml").write_text(TEXT, encoding="utf-8")
    return folder


def test_a_config_knows_its_source_and_name(folder: Path) -> None:
    loaded = load_config(folder / "hotel.yaml")
    assert (loaded.source, loaded.name) == (str(folder / "hotel.yaml"), "hotel")
    assert loaded.config.data.target == "y"


def test_paths_are_relative_to_the_file(folder: Path) -> None:
    loaded = load_config(folder / "hotel.yaml", ["split.test=b.csv", "split.validation=/data/c.csv"])
    assert loaded.config.data.path == str(folder.parent / "tables" / "a.csv")
    assert loaded.config.split.test == str(folder / "b.csv")
    assert loaded.config.split.validation == "/data/c.csv"


@pytest.mark.parametrize("key", ["data.path", "split.test", "split.validation"])
def test_a_table_of_the_working_directory_in_an_override_gets_its_whole_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    work = folder / "my work"
    (work / "s").mkdir(parents=True)
    (work / "s" / "new.csv").touch()
    monkeypatch.chdir(work)
    override = f"{key}=s/new.csv"
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "hotel.yaml", [override])
    told, hint = caught.value.message.splitlines()
    assert told == f"override '{override}': {key}: there is no file '{folder}/s/new.csv'"
    prefix = "    hint: a path in an override is relative to the config, as those in it; from here: "
    (pasted,) = shlex.split(hint.removeprefix(prefix))
    assert pasted == f"{key}={work}/s/new.csv"
    load_config(folder / "hotel.yaml", [pasted])
    # What is there, and what is nowhere, is left to whoever reads it.
    load_config(folder / "hotel.yaml", [f"{key}=s/none.csv"])
    (folder / "s").mkdir()
    (folder / "s" / "new.csv").touch()
    load_config(folder / "hotel.yaml", [override])


def test_overrides_are_applied(folder: Path) -> None:
    assert load_config(folder / "hotel.yaml", ["training.epochs=5"]).config.training.epochs == 5


def test_later_errors_know_the_place(folder: Path) -> None:
    error = load_config(folder / "hotel.yaml").error(("data", "target"), "is odd", hint="mend it")
    assert str(error) == f"{folder}/hotel.yaml:1:39: data.target: is odd\n    hint: mend it"


def test_an_empty_file_can_be_filled_by_overrides(folder: Path) -> None:
    (folder / "empty.yaml").write_text("# nothing\n", encoding="utf-8")
    loaded = load_config(folder / "empty.yaml", ["data.path=a.csv", "data.target=y", "model.layers=[]"])
    assert loaded.config.data.path == str(folder / "a.csv")


def test_a_missing_file_may_be_mistyped(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "hotl.yaml")
    assert str(caught.value) == f"{folder}/hotl.yaml: no such file\nhint: did you mean 'hotel.yaml'?"
    assert caught.value.exit_code == 2


def test_a_missing_file_shows_what_is_there(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "zzz")
    assert caught.value.hint == f"YAML files in {folder}: 'hotel.yaml'"


def test_a_missing_folder_has_no_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file") as caught:
        load_config(tmp_path / "none" / "a.yaml")
    assert caught.value.hint is None


def test_a_directory_is_no_config(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(folder)
    assert caught.value.message == f"{folder}: expected a YAML file, got a directory"
    assert caught.value.hint == f"YAML files in {folder}: 'hotel.yaml'"


def test_a_table_is_no_config() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(Path("data/a.csv.gz"))
    assert caught.value.message == "data/a.csv.gz: expected a YAML file, got a table"
    assert caught.value.hint == "dltrain init data/a.csv.gz --target COLUMN writes a config for it"


@pytest.mark.parametrize("name", ["a\x00b.yaml", "n" * 300])
def test_impossible_names_cannot_be_read(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(Path(name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_says_so(folder: Path) -> None:
    (folder / "hotel.yaml").chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load_config(folder / "hotel.yaml")


def test_a_path_with_a_nul_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "hotel.yaml", ['data.path="a\\0b"'])
    assert caught.value.message.endswith("data.path: expected a path, got 'a\\x00b'")


def test_a_path_that_is_too_long_is_not_looked_up(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(folder / "hotel.yaml", ["data.path=" + "x/" * 3_000])
    assert caught.value.message.endswith("data.path: expected a path of at most 4,096 characters, got 6,000")


def test_an_absolute_path_is_left_as_it_is(folder: Path) -> None:
    (folder / "link.csv").symlink_to("hotel.yaml")
    config = load_config(folder / "hotel.yaml", [f"data.path={folder}/link.csv", "split.test=link.csv"]).config
    assert config.data.path == f"{folder}/link.csv"
    assert config.split.test == f"{folder}/hotel.yaml"


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names that are not UTF-8")
def test_a_folder_that_is_not_in_utf_8_is_found_before_training(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    (folder / "hotel.yaml").write_text(TEXT.replace("../tables/", ""), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"data\.path: expected a path in UTF-8") as caught:
        load_config(folder / "hotel.yaml")
    assert caught.value.message.replace("\n", "").isprintable()
    assert "hint: rename it" in caught.value.message


def test_a_name_is_shown_on_one_printable_line(folder: Path) -> None:
    for name in ("a\nb.yaml", "\x1b[31m.csv"):
        with pytest.raises(ConfigError) as caught:
            load_config(folder / name)
        assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "latin-1"),
        ("sjis", "shift_jis"),
        ("gbk", "gb18030"),
    ],
)
def test_encodings_have_many_names(written: str, meant: str) -> None:
    content = {"data": {"path": "t.csv", "target": "y", "encoding": written}, "model": {"layers": []}}
    assert config_from_dict(content).config.data.encoding == meant


@pytest.mark.parametrize("written", ["ansi", "hex", "cp037", "", 8, "a\0b"])
def test_other_encodings_are_refused(written: Any) -> None:
    content = {"data": {"path": "t.csv", "target": "y", "encoding": written}, "model": {"layers": []}}
    with pytest.raises(ConfigError, match=r"data\.encoding: expected one of 'utf-8', "):
        config_from_dict(content)


def test_a_mapping_is_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content: dict[str, Any] = {
        "data": {"path": Path("a.csv"), "target": "y", "features": ("a", "b")},
        "model": {"layers": [{"type": "dense", "units": np.int64(8)}]},
        "training": {"class_weight": {0: 1, 1: np.float32(2.5)}},
    }
    loaded = config_from_dict(content, ["training.epochs=5"])
    assert (loaded.source, loaded.name) == ("config", "config")
    assert loaded.config.data.path == str(tmp_path.resolve() / "a.csv")
    assert loaded.config.data.features == ("a", "b")
    assert loaded.config.training.class_weight == {"0": 1.0, "1": 2.5}
    assert loaded.config.training.epochs == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}, "training": {"epoch": 3}},
            "config: training.epoch: unknown key\n    hint: did you mean 'epochs'?",
        ),
        (
            {"data": {"path": "a.csv", "target": "y"}},
            "config: model: required key is missing, expected a mapping (key: value)",
        ),
        (["data"], "config: expected keys such as 'data:' and 'model:' at the top level"),
    ],
)
def test_messages_about_a_mapping_have_no_lines(content: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_dict(content)
    assert str(caught.value) == message


def test_reading_a_config_imports_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from dltrain.config import load_config; "
        f"load_config(Path({str(folder / 'hotel.yaml')!r})); "
        "print(*{'tensorflow', 'keras', 'pandas', 'sklearn', 'numpy', 'pyarrow'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""
