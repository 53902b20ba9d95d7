"""Event files for TensorBoard, written by TensorBoard's own record writer, which needs no TensorFlow."""

import contextlib
import time
from pathlib import Path
from typing import Any

from dltrain.config import to_yaml
from dltrain.logs.log import LoggedRun, epoch_values, result_values
from dltrain.run import Epoch, RunMetrics


class TensorBoardLog:
    """Writes the scalars of a run, and its config as text.

    A resumed run gets one more file, which begins by saying that it replaces all that stands in the older ones.

    Args:
        folder: Of all runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Any = None

    def begin(self, run: LoggedRun) -> None:
        """Makes an event file, with the config in it."""
        from tensorboard.compat.proto.event_pb2 import SessionLog
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder = self._folder / run.name
        folder.mkdir(parents=True, exist_ok=True)
        # Readers take the files in the order of their names.
        seconds, nanoseconds = divmod(time.time_ns(), 10**9)
        self._file = RecordWriter((folder / f"events.out.tfevents.{seconds:010d}.{nanoseconds:09d}").open("xb"))
        self._write(file_version="brain.Event:2")
        self._write(session_log=SessionLog(status=SessionLog.START), step=0)
        self._write(summary=_text("config", to_yaml(run.config)), step=0)

    def add(self, epoch: Epoch, ended: float) -> None:
        """Writes one point of every curve."""
        self._write(summary=_scalars(epoch_values(epoch)), step=epoch.number, wall_time=ended)

    def finish(self, metrics: RunMetrics) -> None:
        """Writes the test metrics, at the epoch whose weights they are of."""
        self._write(summary=_scalars(result_values(metrics)), step=metrics.best_epoch)
        self._file.close()

    def stop(self, *, is_interrupted: bool) -> None:
        """Closes the file, which does not say how a run ended."""
        self._file.close()

    def _write(self, *, wall_time: float | None = None, **content: Any) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        event = Event(wall_time=time.time() if wall_time is None else wall_time, **content)
        try:
            self._file.write(event.SerializeToString())
            self._file.flush()
        except OSError:
            # Closing tries to write once more.
            with contextlib.suppress(OSError):
                self._file.close()
            raise


def _scalars(values: dict[str, float]) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])


def _text(tag: str, text: str) -> Any:
    """A text that TensorBoard shows as it is: four spaces in front make it a block of code in Markdown."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text.metadata import create_summary_metadata

    code = "".join(f"    {line}\n" for line in text.splitlines())
    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
    tensor = TensorProto(dtype=DT_STRING, string_val=[code.encode()], tensor_shape=shape)
    metadata = create_summary_metadata(display_name=None, description=None)
    return Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=metadata)])
