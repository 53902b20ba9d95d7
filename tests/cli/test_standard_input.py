"""Standard input as commands read it."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dltrain.cli.standard_input import PromptInput
from dltrain.errors import DataError
from tests.conftest import PATIENCE


@pytest.fixture
def pipe() -> Iterator[tuple[PromptInput, int]]:
    """The end to read from, and the descriptor to write to."""
    reading, writing = os.pipe()
    with PromptInput(reading, "rb") as source:
        yield source, writing


def test_much_is_handed_out_at_a_time_although_a_pipe_holds_little(pipe: tuple[PromptInput, int]) -> None:
    source, writing = pipe
    content = os.urandom(1 << 20)

    def write() -> None:
        n_written = 0
        while n_written < len(content):
            n_written += os.write(writing, content[n_written:])
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    assert source.read(900_000) == content[:900_000]
    assert source.read(900_000) == content[900_000:]
    assert source.read(900_000) == b""
    writer.join(PATIENCE)


def test_what_has_come_is_not_held_back_for_what_may_come(pipe: tuple[PromptInput, int]) -> None:
    source, writing = pipe
    os.write(writing, b"first")
    assert source.read(1_000_000) == b"first"
    os.write(writing, b"second")
    assert source.read(3) == b"sec"
    assert source.read(1_000_000) == b"ond"
    os.close(writing)
    assert source.read(1_000_000) == b""


def test_the_first_byte_is_waited_for(pipe: tuple[PromptInput, int]) -> None:
    source, writing = pipe
    timer = threading.Timer(0.1, os.write, (writing, b"late"))
    timer.start()
    assert source.read(100) == b"late"
    timer.join(PATIENCE)
    os.close(writing)


def test_a_pipe_that_does_not_block_is_waited_for_all_the_same(pipe: tuple[PromptInput, int]) -> None:
    source, writing = pipe
    os.set_blocking(source.fileno(), False)
    timer = threading.Timer(0.1, os.write, (writing, b"late"))
    timer.start()
    assert source.read(100) == b"late"
    timer.join(PATIENCE)
    os.close(writing)


def test_without_a_size_everything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with PromptInput(path, "rb") as source:
        assert source.read() == b"a,b\n1,2\n"


def test_input_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "only_to_write", os.O_WRONLY | os.O_CREAT)
    with PromptInput(descriptor, "rb") as source, pytest.raises(DataError, match="standard input: cannot be read"):
        source.read(100)
