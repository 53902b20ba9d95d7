"""What a check found."""

from dataclasses import dataclass
from typing import Any

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary
from dltrain.config.sections.preprocessing import Kind
from dltrain.errors import counted
from dltrain.features.preprocessing import Feature
from dltrain.profiling import ColumnProfile, Finding
from dltrain.workflows.limits.memory import MemoryEstimate


@dataclass(frozen=True)
class CheckedColumn:
    """A column and what will become of it.

    Attributes:
        profile: Its facts.
        role: "feature", "target", "id", "weight", "split", "dropped", or "not used" for a column that
            `data.features` does not name.
        kind: Of a feature; None when it cannot be told, and for columns of other roles.
        feature: What was learned from the training rows; None for other roles and when nothing could be.
    """

    profile: ColumnProfile
    role: str
    kind: Kind | None
    feature: Feature | None

    @property
    def inputs(self) -> int:
        """Inputs of the network that it becomes."""
        return 0 if self.feature is None else self.feature.width

    @property
    def becomes(self) -> str:
        """What will become of it, in a few words: "one-hot → 7 inputs", "target"."""
        if self.role != "feature":
            return self.role
        if self.feature is None:
            return "cannot be used"
        return f"{_encoding(self.feature)} → {counted(self.inputs, 'input')}"

    def to_dict(self) -> dict[str, Any]:
        """The column as JSON content."""
        profile = self.profile
        return {
            "name": profile.name,
            "role": self.role,
            "kind": self.kind,
            "looks": profile.looks,
            "missing": profile.n_missing,
            "distinct": profile.n_distinct,
            "minimum": profile.minimum,
            "maximum": profile.maximum,
            "most_frequent": profile.most_frequent,
            "most_frequent_rows": profile.n_most_frequent,
            "inputs": self.inputs,
            "becomes": self.becomes,
        }


@dataclass(frozen=True)
class CheckSummary:
    """The sizes of what a fit would work on.

    Attributes:
        config: Resolved.
        labels: Of the classes, in the order of their codes; empty for regression.
        train, validation, test: Rows.
        layers: Of the network, the inputs first; empty when some column cannot be used.
        steps_per_epoch: Batches of an epoch.
        memory: What the fit would take at most; None when some column cannot be used.
        notes: Choices that were made for the user.
    """

    config: Config
    labels: tuple[str, ...]
    train: int
    validation: int
    test: int
    layers: tuple[LayerSummary, ...]
    steps_per_epoch: int
    memory: MemoryEstimate | None
    notes: tuple[str, ...]

    @property
    def n_inputs(self) -> int:
        """Features after encoding."""
        return self.layers[0].units if self.layers else 0

    @property
    def n_parameters(self) -> int:
        """Numbers that the network keeps."""
        return sum(layer.parameters for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """The sizes as JSON content; null for what a column that cannot be used leaves open."""
        return {
            "task": self.config.data.task,
            "labels": list(self.labels),
            "split": self.config.split.strategy,
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
            "inputs": self.n_inputs or None,
            "parameters": self.n_parameters if self.layers else None,
            "steps_per_epoch": self.steps_per_epoch,
            "memory_bytes": None if self.memory is None else round(self.memory.n_bytes),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class CheckReport:
    """All that a check has to say.

    Attributes:
        data: The table as the config names it.
        rows: Its rows.
        columns: In the order of the table.
        summary: None when the rows could not be divided.
        findings: From the gravest.
        drop_all: One change in the place of all that make columns ids or leave them out; empty for fewer than two.
        exit_code: 0, or what a fit would end with: 2 for a mistake in the config, 3 for one in the data.
    """

    data: str
    rows: int
    columns: tuple[CheckedColumn, ...]
    summary: CheckSummary | None
    findings: tuple[Finding, ...]
    drop_all: tuple[str, ...]
    exit_code: int

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON content."""
        return {
            "data": self.data,
            "rows": self.rows,
            "columns": [column.to_dict() for column in self.columns],
            "summary": None if self.summary is None else self.summary.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
            "drop_all": list(self.drop_all),
        }


def _encoding(feature: Feature) -> str:
    """How a feature is encoded."""
    match feature.kind:
        case "numeric":
            filled = f"{feature.fill_value:g}" if feature.impute == "constant" else feature.impute.replace("_", " ")
            mapped, clipped = ["map"] * bool(feature.map), ["clip"] * (feature.bounds is not None)
            steps = [*mapped, *clipped, filled, *([] if feature.scaler.type == "none" else [feature.scaler.type])]
        case "categorical":
            filled = f"'{feature.fill_value}'" if feature.impute == "constant" else feature.impute.replace("_", " ")
            rare = ", rare as one" if feature.has_other else ", declared order" if feature.has_order else ""
            encoded = {"one_hot": "one-hot", "ordinal": "ordinal", "target": "mean of target"}[feature.encode_as]
            steps = [*([] if feature.impute == "missing" else [filled]), encoded + rare]
        case "boolean":
            steps = ["1 or 0"]
        case "datetime":
            filled = feature.fill_value[:10] if feature.impute == "constant" and feature.fill_value else feature.impute
            steps = [filled, " ".join(part.part for part in feature.parts)]
    if feature.kind != "categorical" and feature.has_indicator:
        steps.append("missing 1 or 0")
    return ", ".join(steps)
