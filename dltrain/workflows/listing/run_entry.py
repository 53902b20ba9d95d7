"""What a list of runs says of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dltrain.run.average import Average
from dltrain.run.gates import JudgedGates
from dltrain.run.members import Spread

State = Literal["finished", "training", "interrupted", "diverged", "damaged"]
EntryKind = Literal["run", "folds", "seeds"]


@dataclass(frozen=True)
class RunEntry:
    """One run of a folder, or a group of runs.

    Attributes:
        path: The directory.
        state: How it ended, or whether it goes on.
        changed_ns: When it was written last, in nanoseconds since 1970.
        created: When it was made, or begun, in ISO 8601; empty where that is unknown.
        task: None where that is unknown.
        table: Name of the table's file; empty where that is unknown.
        rows: Data rows of the table.
        epochs: Trained, or over when it was interrupted.
        best_epoch: Whose weights were kept; None without a result.
        metrics: Of the test rows; of a group, the means over its runs.
        problem: Why it is damaged or has diverged; None otherwise.
        kind: What it is.
        total: Runs that a group has when it is finished; 1 for a run.
        n_finished: How many of them are.
        spreads: Of a finished group: each metric over its runs.
        members: The runs of a group that are there, if somebody asked.
        config: Name of the config; of an average, that of its seeds.
        average: Which networks it is the average of; None for all others.
        gates: What its config expects of it, judged; empty without a result.
    """

    path: Path
    state: State
    changed_ns: int
    created: str = ""
    task: str | None = None
    table: str = ""
    rows: int | None = None
    epochs: int | None = None
    best_epoch: int | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    problem: str | None = None
    kind: EntryKind = "run"
    total: int = 1
    n_finished: int = 0
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    members: tuple["RunEntry", ...] = ()
    config: str = ""
    average: Average | None = None
    gates: JudgedGates = ()

    @property
    def name(self) -> str:
        """Name of the directory."""
        return self.path.name

    @property
    def n_missed(self) -> int:
        """Gates that are missed."""
        return sum(gate.is_missed for gate in self.gates)

    @property
    def gates_outcome(self) -> Literal["missed", "reached"] | None:
        """Whether any gate is missed; None where nothing is expected, or nothing could be judged."""
        if self.n_missed:
            return "missed"
        return "reached" if any(gate.is_reached for gate in self.gates) else None

    def to_dict(self) -> dict[str, Any]:
        """The entry as JSON content."""
        content: dict[str, Any] = {
            "run": str(self.path),
            "kind": self.kind,
            "config": self.config,
            "state": self.state,
            "created": self.created or None,
            "task": self.task,
            "table": self.table or None,
            "rows": self.rows,
            "epochs": self.epochs,
            "best_epoch": self.best_epoch,
            "metrics": dict(self.metrics),
            "problem": self.problem,
            "gates": [gate.to_dict() for gate in self.gates],
            "average_of": None if self.average is None else list(self.average.seeds),
        }
        if self.kind != "run":
            content |= {"total": self.total, "finished": self.n_finished}
            content |= {"sd": {name: spread.sd for name, spread in self.spreads.items()}}
        if self.members:
            content["members"] = [member.to_dict() for member in self.members]
        return content
