"""Unfinished runs that somebody made to do harm, or that were damaged."""

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from dltrain.config import to_yaml
from dltrain.run import Origin, Progress, UnfinishedRun
from dltrain.run.history import HISTORY, history_to_arrays, under
from dltrain.run.tensors import write_tensors
from tests.reliability.hostile_runs import PICKLE
from tests.reliability.run_writing import golden_files

Harm = Callable[[Path], None]
"""Changes the run directory that it gets."""

STATE: Final = "checkpoint/state-1.safetensors"
ARRAYS: Final = {"network/0/kernel": np.ones((2, 3), np.float32), **under(HISTORY, history_to_arrays([]))}
MANY: Final = {f"{n}": np.empty(0, np.bool_) for n in range(200_000)}


def good_origin() -> Origin:
    """What the golden run could have begun with."""
    files = golden_files()
    return Origin(created="", versions={}, data={"data": files.data["data"]}, config=to_yaml(files.config))


def write_unfinished(parent: Path) -> Path:
    """An unfinished run that nothing is wrong with."""
    with UnfinishedRun(parent, "people", good_origin()) as run:
        run.save(Progress(), ARRAYS)
        assert run.path is not None
        return run.path


def _texts(**changes: str) -> dict[str, str]:
    return {"origin": good_origin().model_dump_json(), "progress": Progress().model_dump_json()} | changes


def _state(run: Path, texts: Mapping[str, str], arrays: Mapping[str, np.ndarray] = ARRAYS) -> None:
    stream = io.BytesIO()
    write_tensors(stream, arrays, texts)
    (run / STATE).write_bytes(stream.getvalue())


def _origin(**changes: Any) -> Harm:
    """Another origin, with a correct hash."""
    return lambda run: _state(run, _texts(origin=json.dumps(good_origin().model_dump(mode="json") | changes)))


def _progress(**changes: Any) -> Harm:
    return lambda run: _state(run, _texts(progress=json.dumps(Progress().model_dump(mode="json") | changes)))


def _config(text: str) -> Harm:
    return _origin(config=text)


def _link(target: str) -> Harm:
    def harm(run: Path) -> None:
        (run / STATE).unlink()
        (run / STATE).symlink_to(target)

    return harm


def _folder_link(run: Path) -> None:
    (run / STATE).rename(run.parent / "state-1.safetensors")
    (run / "checkpoint").rmdir()
    (run / "checkpoint").symlink_to(run.parent)


def _pipe(run: Path) -> None:
    (run / STATE).unlink()
    os.mkfifo(run / STATE)


def _content(content: bytes) -> Harm:
    def harm(run: Path) -> None:
        (run / STATE).write_bytes(content)

    return harm


def _header(text: bytes, length: int | None = None) -> Harm:
    size = len(text) if length is None else length
    return _content(size.to_bytes(8, "little") + text + bytes(8))


def _sparse(run: Path) -> None:
    """A file of terabytes that takes no room on the disk."""
    text = b'{"a":{"dtype":"U8","shape":[8796093022208],"data_offsets":[0,8796093022208]}}'
    with (run / STATE).open("r+b") as file:
        file.truncate(0)
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + (1 << 43))


def _many_texts(n: int) -> Harm:
    def harm(run: Path) -> None:
        _header(b'{"__metadata__":{' + b",".join(b'"%x":""' % number for number in range(n)) + b"}}")(run)

    return harm


def _many_states(run: Path) -> None:
    for number in range(1, 20_001):
        (run / f"checkpoint/state-{number}.safetensors").write_bytes(b"x")


def _without(key: str) -> Harm:
    return lambda run: _state(run, {name: text for name, text in _texts().items() if name != key})


_GOOD_CONFIG: Final = to_yaml(golden_files().config)

HARMS: Final[dict[str, Harm]] = {
    "the state is a pickle": _content(PICKLE),
    "the state is empty": _content(b""),
    "the state is a pipe": _pipe,
    "the state is a link to a password file": _link("/etc/passwd"),
    "the state is a link to zeros without end": _link("/dev/zero"),
    "the folder is a link": _folder_link,
    "the header is larger than the file": _header(b"{}", 1 << 63),
    "the header is deep": _header(b'{"a":' * 50_000),
    "a header of 1.3 million texts": _many_texts(1_300_000),
    "a header of 23 MB": _many_texts(2_000_000),
    "a header of empty objects": _header(b'{"__metadata__":{},"a":[' + b"{}," * 5_000_000 + b"{}]}"),
    "20,000 states": _many_states,
    "the header is no text": _header(b"\xff" * 100),
    "an array is larger than the file": _header(b'{"a":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8]}}'),
    "the file is sparse": _sparse,
    "no origin": _without("origin"),
    "no progress": _without("progress"),
    "the origin is a list": lambda run: _state(run, _texts(origin="[]")),
    "the origin is deep": lambda run: _state(run, _texts(origin="[" * 100_000)),
    "another format": _origin(format=2),
    "a format that is text": _origin(format="1"),
    "another key": _origin(run="rm"),
    "versions are numbers": _origin(versions={"keras": 3}),
    "a table without a hash": _origin(data={"data": {"path": "/x", "rows": 1, "size": 1}}),
    "the config is a number": _config("3"),
    "the config is no YAML": _config("{"),
    "the config is a bomb": _config("a: &a [x, x]\nb: [*a, *a]"),
    "the config has a tag": _config("!!python/object/apply:os.system [touch /tmp/x]"),
    "the config names a table elsewhere": _config(_GOOD_CONFIG.replace("/data/people.csv", "../../people.csv")),
    "a step before the first": _progress(steps=-1),
    "an epoch that is text": _progress(epoch="1"),
    "an epoch of many digits": lambda run: _state(run, _texts(progress='{"epoch": ' + "9" * 100_000 + "}")),
    "a sum that is infinite": lambda run: _state(run, _texts(progress='{"loss_sum": Infinity}')),
    "epochs that never were": _progress(epoch=5),
    "a history of text": lambda run: _state(run, _texts(), {"history/loss": np.zeros(3, np.uint8)}),
    "200,000 empty arrays": lambda run: _state(run, _texts(), MANY),
    "a divergence that is a list": _progress(divergence=[]),
}
"""By what is wrong: each is to be refused."""
