"""What a check has to say of a table."""

from dataclasses import dataclass
from typing import Any, Final, Literal

Grade = Literal["error", "warning", "note"]

GRADES: Final[tuple[Grade, ...]] = ("error", "warning", "note")
"""From the gravest. error: a fit would refuse; warning: it would run, and its result mislead or disappoint; note: worth
a look."""


@dataclass(frozen=True)
class Finding:
    """One thing that was seen.

    Attributes:
        grade: How grave it is.
        topic: What kind of thing, one word for programs: "id_like", "leak", ...
        column: Where it was seen; None when no single column is concerned.
        message: What was seen, in numbers.
        change: Overrides of the config, `KEY=VALUE`, that would mend it together; empty when only the table can.
    """

    grade: Grade
    topic: str
    column: str | None
    message: str
    change: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON content."""
        return {
            "grade": self.grade,
            "topic": self.topic,
            "column": self.column,
            "message": self.message,
            "change": list(self.change),
        }
