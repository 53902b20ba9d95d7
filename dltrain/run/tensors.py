"""Named arrays and texts in one file of the safetensors format, with a hash of all that is in it.

The format is a JSON header that says which bytes of the rest belong to which array, so its reader knows every size
before it allocates anything, and nothing in it can run. https://github.com/huggingface/safetensors describes it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import safetensors
import safetensors.numpy

from dltrain.errors import RunError
from dltrain.run.opening import read_file, read_start

_TYPES: Final = {
    "bool": "BOOL",
    "uint8": "U8",
    "int32": "I32",
    "uint32": "U32",
    "int64": "I64",
    "float32": "F32",
    "float64": "F64",
}
_LENGTH_BYTES: Final = 8
_MAX_ARRAYS: Final = 10_000
_MAX_HEADER_BYTES: Final = 16 * 2**20
_MAX_PAIRS: Final = 300_000
"""Pairs of a name and a text take up to 300 bytes each while they are read, others 60."""
_MAX_VALUES: Final = 1_000_000
_SHA256: Final = "sha256"


def write_tensors(stream: BinaryIO, arrays: Mapping[str, np.ndarray], texts: Mapping[str, str]) -> None:
    """Writes arrays of any shape and texts by name; the arrays are not copied."""
    header: dict[str, Any] = {"__metadata__": {**texts, _SHA256: _sha256(arrays, texts)}}
    end = 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        header[name] = {"dtype": _TYPES[array.dtype.name], "shape": array.shape, "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    # Readers may map the file into memory, where numbers have to begin at a multiple of their size.
    text += b" " * (-len(text) % _LENGTH_BYTES)
    stream.write(len(text).to_bytes(_LENGTH_BYTES, "little") + text)
    for array in arrays.values():
        stream.write(_content(array))


def read_tensors(path: Path, *, max_bytes: int) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Reads and verifies such a file. The arrays are in the order of their names.

    Raises:
        RunError: It is missing, larger than `max_bytes`, damaged, or no such file.
    """
    content = read_file(path, max_bytes=max_bytes)
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    try:
        _check_header(length, content[_LENGTH_BYTES : _LENGTH_BYTES + min(length, _MAX_HEADER_BYTES)])
        # The library checks the header: every offset, and that the sizes add up to that of the file. It gives the
        # arrays in an order of chance.
        arrays = dict(sorted(safetensors.numpy.load(content).items()))
        header = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
        texts = dict(header.get("__metadata__", {}))
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path}: damaged checkpoint: {error}") from error
    if texts.pop(_SHA256, None) != _sha256(arrays, texts):
        raise RunError(f"{path}: damaged checkpoint: its content is not what was written (sha256 differs)")
    return arrays, texts


def read_texts(path: Path) -> dict[str, str]:
    """The texts of such a file without its arrays, however large it is. Nothing is verified: they are for looking at.

    Raises:
        RunError: It is missing, or no such file.
    """
    length = int.from_bytes(read_start(path, n_bytes=_LENGTH_BYTES), "little")
    try:
        text = read_start(path, n_bytes=_LENGTH_BYTES + min(length, _MAX_HEADER_BYTES))[_LENGTH_BYTES:]
        _check_header(length, text)
        header = json.loads(text)
        return {str(name): str(text) for name, text in header["__metadata__"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RunError(f"{path}: damaged checkpoint: {error}") from error


def _check_header(length: int, text: bytes) -> None:
    """Refuses a header that would take much memory however few bytes it has, before anything is made of it.

    Args:
        length: What the file says of its header, in bytes.
        text: As much of it as may be.
    """
    if length > _MAX_HEADER_BYTES:
        raise ValueError(f"expected a header of at most {_MAX_HEADER_BYTES:,} bytes, got {length:,}")
    if (n_arrays := text.count(b'"data_offsets"')) > _MAX_ARRAYS:
        # However short they are, each takes a kilobyte.
        raise ValueError(f"expected at most {_MAX_ARRAYS:,} arrays, got {n_arrays:,}")
    # Every pair has a colon, every other value a comma or a bracket before it. Those inside of texts count as well.
    n_pairs, n_values = text.count(b":"), sum(text.count(mark) for mark in (b",", b"[", b"{"))
    for found, most in ((n_pairs, _MAX_PAIRS), (n_values, _MAX_VALUES)):
        if found > most:
            raise ValueError(f"expected fewer values in a header of {length:,} bytes, got about {found:,}")


def _sha256(arrays: Mapping[str, np.ndarray], texts: Mapping[str, str]) -> str:
    """Of all names, types, shapes, numbers and texts, in the order of the names."""
    digest = hashlib.sha256(json.dumps(dict(sorted(texts.items()))).encode())
    for name, array in sorted(arrays.items()):
        digest.update(json.dumps([name, array.dtype.name, array.shape]).encode())
        digest.update(_content(array))
    return digest.hexdigest()


def _content(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
