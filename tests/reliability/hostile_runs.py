"""Run directories that somebody made to do harm, each from a good one. Hashes are right unless that is the point."""

import hashlib
import io
import json
import os
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper

Harm = Callable[[Path], object]

FILES: Final = ("config.yaml", "history.csv", "metrics.json", "model.keras", "model.onnx", "preprocessing.json")
_WRONG: Final[dict[str, list[int]]] = {"x": []}
"""Fits nowhere in the JSON of a run."""


def seal(run: Path) -> None:
    """Writes sizes and hashes of the files as they are now into the manifest."""
    path = run / "manifest.json"
    content = json.loads(path.read_text())
    content.pop("sha256", None)
    for name in FILES:
        size = (run / name).stat().st_size
        sha256 = hashlib.sha256((run / name).read_bytes()).hexdigest() if size < 2**30 else "0" * 64
        content["files"][name] = {"size": size, "sha256": sha256}
    path.write_text(json.dumps(content))


def write(name: str, content: bytes | str) -> Harm:
    """Replaces a file."""

    def harm(run: Path) -> None:
        (run / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        if name != "manifest.json":
            seal(run)

    return harm


def edit(name: str, change: Callable[[Any], object]) -> Harm:
    """Changes what a JSON file says."""

    def harm(run: Path) -> None:
        content = json.loads((run / name).read_text())
        change(content)
        write(name, json.dumps(content))(run)

    return harm


def set_to(name: str, keys: tuple[str | int, ...], value: object) -> Harm:
    """Sets one value in a JSON file."""

    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = value

    return edit(name, change)


def edit_text(name: str, old: str, new: str) -> Harm:
    """Replaces a part of a text file."""

    def harm(run: Path) -> None:
        text = (run / name).read_text()
        assert old in text
        write(name, text.replace(old, new))(run)

    return harm


def edit_network(change: Callable[[onnx.ModelProto], object]) -> Harm:
    """Changes the ONNX model."""

    def harm(run: Path) -> None:
        model = onnx.load(run / "model.onnx")
        change(model)
        write("model.onnx", model.SerializeToString())(run)

    return harm


def _replace(name: str, make: Callable[[Path], object]) -> Harm:
    def harm(run: Path) -> None:
        (run / name).unlink()
        make(run / name)

    return harm


def _link_outside(path: Path) -> None:
    """The very same content, but elsewhere."""
    outside = path.parent.parent / "outside"
    outside.mkdir(exist_ok=True)
    shutil.copy(Path(__file__).parents[1] / "golden/people-1" / path.name, outside / path.name)
    path.symlink_to(outside / path.name)


def _listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(path))


def _grow(run: Path, name: str) -> None:
    """A file of 1 TB that takes no space."""
    os.truncate(run / name, 2**40)
    if name != "manifest.json":
        seal(run)


PICKLE: Final = b"cposix\nsystem\n(S'touch unpickled'\ntR."
"""Written by hand: whoever unpickles it runs a command that leaves a trace."""


def _pickled_npz() -> bytes:
    """What NumPy writes for an array of objects, with the pickle as its content."""
    array, stream = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(array, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.npy", array.getvalue() + PICKLE)
    return stream.getvalue()


def _zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b"[" * 2**24)
    return stream.getvalue()


def _nested(levels: int) -> bytes:
    """Messages inside messages: a graph in a node's attribute in a graph …"""
    content = b""
    for _ in range(levels):
        content = b"\x3a" + _varint(len(content)) + content
    return content


def _varint(number: int) -> bytes:
    return bytes([number & 0x7F]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + _varint(number >> 7)


def _external_data(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../outside/secret")


def _loop(model: onnx.ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node[3].CopyFrom(helper.make_node("Loop", ["Gemm_2"], ["Relu_3"], name="Relu_3", body=body))


def _leaves(value: Any, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not items and keys:
        yield keys
    for key, item in items:
        yield from _leaves(item, (*keys, key))


def wrong_types(good_run: Path) -> dict[str, Harm]:
    """Every single value in every JSON file, replaced by one of another type."""
    return {
        f"{name} {'.'.join(map(str, keys))}": set_to(name, keys, _WRONG)
        for name in ("manifest.json", "metrics.json", "preprocessing.json")
        for keys in _leaves(json.loads((good_run / name).read_text()))
    }


_CATEGORIES = '{"features": [{"kind": "categorical", "name": "x", "categories": [%s]}], "target": {}}'

BOMBS: Final[dict[str, Harm]] = {
    "json of wrong items": write("preprocessing.json", '{"features": [' + "0," * 700_000 + "0]}"),
    "json of empty objects": write("preprocessing.json", '{"features": [' + "{}," * 370_000 + "{}]}"),
    "json of wrong categories": write("preprocessing.json", _CATEGORIES % ("0," * 700_000 + "0")),
    "json of wrong labels": write(
        "preprocessing.json", '{"features": [], "target": {"task": "binary", "labels": [' + "0," * 700_000 + "0]}}"
    ),
    "json of too many values": write("preprocessing.json", '{"features": [' + "[]," * 10**7 + "[]]}"),
    "json of short texts": write("preprocessing.json", _CATEGORIES % ",".join(f'"{n:06}"' for n in range(740_000))),
    "json of emoji": write("preprocessing.json", _CATEGORIES % ('"' + "😀" * 2**23 + '"')),
    "json of a long text": write("preprocessing.json", _CATEGORIES % ('"' + "x" * 2**25 + '"')),
    "json of one shares": write("metrics.json", '{"trivial_prediction": [' + '"",' * 700_000 + '""]}'),
    "json of many keys": write("metrics.json", json.dumps({f"{n}": 0 for n in range(300_000)})),
    "json of deep lists": write("preprocessing.json", "[" * 10**7),
    "json of deep objects": write("metrics.json", '{"a":' * 10**6),
    "yaml of aliases": edit_text("config.yaml", "data:\n", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\ndata:\n"),
    "yaml of 8 MB": edit_text("config.yaml", "data:\n", "#" * 2**23 + "\ndata:\n"),
    "yaml of many values": edit_text("config.yaml", "drop: []", "drop: [" + "x, " * 300_000 + "x]"),
    "a network of 4 GB per layer": edit_text("config.yaml", "units: 8\n", "units: 65536\n"),
    "protobuf with huge shapes": edit_network(lambda m: m.graph.initializer[0].dims.extend([2**40, 2**20])),
    "protobuf of many nodes": write("model.onnx", b"\x3a\x80\x80\x80\x01" + b"\x0a\x00" * 2**20),
    "protobuf of many levels": write("model.onnx", _nested(1_500)),
    "protobuf of a long text": edit_network(lambda m: setattr(m, "producer_name", "x" * 2**20)),
    "a network of 1 TB": partial(_grow, name="model.onnx"),
    "an export of 1 TB": partial(_grow, name="model.keras"),
    "a history of 1 TB": partial(_grow, name="history.csv"),
    "fitted state of 1 TB": partial(_grow, name="preprocessing.json"),
    "metrics of 1 TB": partial(_grow, name="metrics.json"),
    "a config of 1 TB": partial(_grow, name="config.yaml"),
    "a manifest of 1 TB": partial(_grow, name="manifest.json"),
    "a manifest of 10 MB": write("manifest.json", "[" + "0," * 5_000_000 + "0]"),
    "a manifest of many keys": write("manifest.json", json.dumps({"format": 1} | {f"{n}": 0 for n in range(20_000)})),
}
"""Small or sparse files that would take a lot of memory or time."""

HARMS: Final[dict[str, Harm]] = {
    **{f"{name} is a link": _replace(name, _link_outside) for name in (*FILES, "manifest.json")},
    **{f"{name} is a pipe": _replace(name, os.mkfifo) for name in (*FILES, "manifest.json")},
    **{f"{name} is a folder": _replace(name, Path.mkdir) for name in (*FILES, "manifest.json")},
    **{f"{name} is empty": write(name, b"") for name in ("config.yaml", "metrics.json", "model.onnx", "manifest.json")},
    "a socket": _replace("model.onnx", _listen),
    "an endless device": _replace("model.onnx", lambda path: path.symlink_to("/dev/zero")),
    "a dangling link": _replace("manifest.json", lambda path: path.symlink_to("missing")),
    "a pickle as fitted state": write("preprocessing.json", PICKLE),
    "a pickle as network": write("model.onnx", PICKLE),
    "a pickled npz as metrics": write("metrics.json", _pickled_npz()),
    "a zip as network": write("model.onnx", _zip_bomb()),
    "a file outside in the manifest": set_to(
        "manifest.json", ("files", "../outside/secret"), {"size": 1, "sha256": "0" * 64}
    ),
    "an absolute file in the manifest": set_to(
        "manifest.json", ("files", "/etc/passwd"), {"size": 1, "sha256": "0" * 64}
    ),
    "no network in the manifest": edit("manifest.json", lambda m: m["files"].pop("model.onnx")),
    "no data in the manifest": edit("manifest.json", lambda m: m["data"].clear()),
    "a wrong size": set_to("manifest.json", ("files", "model.onnx", "size"), 10**6),
    "a size beyond all numbers": set_to("manifest.json", ("files", "model.onnx", "size"), 10**25),
    "a negative size": set_to("manifest.json", ("files", "model.onnx", "size"), -1),
    "a wrong hash": set_to("manifest.json", ("files", "model.onnx", "sha256"), "0" * 64),
    "a wrong hash of itself": set_to("manifest.json", ("sha256",), "0" * 64),
    "another format": set_to("manifest.json", ("format",), 2),
    "a format that is true": set_to("manifest.json", ("format",), True),
    "another task": set_to("manifest.json", ("task",), "regression"),
    "another seed": set_to("manifest.json", ("seed",), 1),
    "a key twice": edit_text("manifest.json", '"format": 1,', '"format": 1, "format": 1,'),
    "not a number": edit_text("metrics.json", '"train_rows": 154', '"train_rows": NaN'),
    "bytes that are no text": write("preprocessing.json", b'{"features": "\xff"}'),
    "half of a pair": write("preprocessing.json", b'{"features": "\\ud800"}'),
    "other parameters": set_to("metrics.json", ("parameters",), 166),
    "shares of three classes": set_to("metrics.json", ("trivial_prediction",), [0.2, 0.3, 0.5]),
    "a mean for classes": set_to("metrics.json", ("trivial_prediction",), 0.5),
    "no baseline": set_to("metrics.json", ("test", "baseline"), {}),
    "metrics of another run": set_to("metrics.json", ("validation", "metrics"), {"rmse": 1.0}),
    "another target": set_to("preprocessing.json", ("target", "name"), "x"),
    "three labels": set_to("preprocessing.json", ("target", "labels"), ["a", "b", "c"]),
    "a feature less": edit("preprocessing.json", lambda p: p["features"].pop()),
    "a category more": edit("preprocessing.json", lambda p: p["features"][1]["categories"].append("Zug")),
    "a scale of zero": set_to("preprocessing.json", ("features", 0, "scaler", "scale"), 0),
    "a tag that runs code": edit_text(
        "config.yaml", "seed: 0\nmetrics", "seed: !!python/object/apply:os.system [id]\nmetrics"
    ),
    "a config that is a list": write("config.yaml", "[1]"),
    "a path into another folder": edit_text("config.yaml", "path: /data/people.csv", "path: ../outside/people.csv"),
    "a test file in another folder": edit_text("config.yaml", "test: 0.2", "test: ../x.csv"),
    "a config that is not resolved": edit_text("config.yaml", "  task: binary\n", ""),
    "weights of unknown labels": edit_text("config.yaml", "  epochs: 60", "  class_weight: {maybe: 2}\n  epochs: 60"),
    "another layer": edit_text("config.yaml", "activation: relu", "activation: elu"),
    "external data": edit_network(_external_data),
    "a loop": edit_network(_loop),
    "an operator of another domain": edit_network(lambda m: setattr(m.graph.node[3], "domain", "ai.onnx.contrib")),
    "an operator that runs Python": edit_network(lambda m: setattr(m.graph.node[3], "op_type", "PyOp")),
    "a function": edit_network(lambda m: m.functions.add(name="f", domain="d")),
    "a width that is not the features'": edit_network(
        lambda m: setattr(m.graph.input[0].type.tensor_type.shape.dim[1], "dim_value", 2**40)
    ),
    "texts as weights": edit_network(lambda m: setattr(m.graph.initializer[0], "data_type", TensorProto.STRING)),
    "a group in the protobuf": write("model.onnx", b"\x0b\x08\x08\x0c"),
    "field number 0": write("model.onnx", b"\x02\x00"),
    "a number without end": write("model.onnx", b"\x08" + b"\xff" * 1_000),
    **BOMBS,
}
"""Name → what is done to a good run. Opening each one must fail with exit code 4."""
