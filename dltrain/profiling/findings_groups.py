"""Groups of rows, such as those of one person, that stand on both sides of the split."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dltrain.errors import quoted_list
from dltrain.profiling import changes
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.finding import Finding
from dltrain.profiling.name_words import name_words

LEAST_GROUPS: Final = 20
_MOST_ROWS: Final = 50.0
"""Rows of a value on average, beyond which it is a category that will come again, such as a country."""

_SOMEBODY: Final = frozenset(
    {
        *("patient", "subject", "person", "participant", "mrn", "customer", "client", "user", "student", "pupil"),
        *("employee", "worker", "player", "driver", "household", "family", "animal", "device", "machine", "account"),
    }
)
"""What has rows of its own, and is not expected to come again in new ones."""

_OF_A_NUMBER: Final = frozenset({"id", "no", "nr", "number"})
_COMES_AGAIN: Final = frozenset(
    {
        *("city", "town", "village", "country", "state", "county", "region", "province", "district", "suburb"),
        *("neighborhood", "neighbourhood", "airport", "occupation", "job", "profession", "industry", "sector"),
        *("category", "type", "kind"),
    }
)
"""Places and kinds of things: most new rows are expected to be of known ones."""

_LEAST_SHARED: Final = 0.1
"""Share of the test rows whose value has been trained on."""

_LEAST_ROWS: Final = 30
_LEAST_ALIKE: Final = 0.2
"""Share of the target's variance that is known from the rows of the same value. Names that mean nothing have less than
0 (surnames of customers), songs of an artist 0.33, prints of a song 0.8."""

_BINS: Final = 16
_GROUPS_OF_A_BIN: Final = 4
_MOST_KEPT: Final = 0.5
"""Share of what the values tell that their sizes, in bins, have to tell by themselves."""


@dataclass(frozen=True)
class SharedGroups:
    """How a column divides the rows into groups.

    Attributes:
        name: The column.
        shared: Share of the test rows whose value training rows have too.
        alike: Share of the target's variance, among those rows, that the mean of the training rows of the same value
            explains.
        n_test: Test rows.
        are_amounts: Whether values of similar size, such as pressures 120/78 and 121/80, have similar targets.
    """

    name: str
    shared: float
    alike: float
    n_test: int
    are_amounts: bool = False

    @property
    def comes_again(self) -> bool:
        """Whether new rows are expected to have known values, as those of places and kinds of things."""
        return _thing(self.name) in _COMES_AGAIN


def may_be_group(profile: ColumnProfile) -> bool:
    """Whether a column has many values of some rows each, as people, patients or songs do.

    Numbers are amounts unless their name says id, or ends with a word for a person or an object: that many rows have
    the same age makes no group of them. A person may have any number of rows.
    """
    is_text = profile.looks == "text" and not profile.holds_numbers
    is_name = is_text or (profile.is_whole and (_is_id(profile.name) or is_somebody(profile.name)))
    repeats = LEAST_GROUPS <= profile.n_distinct < profile.n_known
    return is_name and repeats and (is_somebody(profile.name) or profile.n_known / profile.n_distinct <= _MOST_ROWS)


def is_somebody(name: str) -> bool:
    """Whether a column is named after a person or an object that has rows of its own.

    >>> is_somebody("patient"), is_somebody("PatientID"), is_somebody("patient_age")
    (True, True, False)
    """
    return not _SOMEBODY.isdisjoint([word for word in name_words(name) if word not in _OF_A_NUMBER][-1:])


def _is_id(name: str) -> bool:
    """Whether the name of a column says that it is an id.

    >>> _is_id("recordID"), _is_id("record")
    (True, False)
    """
    return name.lower().rstrip("s").endswith("id")


def _thing(name: str) -> str:
    """What a column names: the last word that says more than that it is a name, in the singular.

    >>> _thing("city_name"), _thing("CountryCode"), _thing("cities")
    ('city', 'country', 'city')
    """
    words = [word for word in name_words(name) if word not in ("name", "code", "id")]
    word = words[-1] if words else ""
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def shared_groups(
    name: str,
    groups: np.ndarray,
    values: np.ndarray,
    *,
    train: np.ndarray,
    test: np.ndarray,
    amounts: np.ndarray | None = None,
) -> SharedGroups:
    """Measures how much test rows share with training rows.

    Args:
        name: The column.
        groups: int `(n_rows,)`, codes of its values, -1 where missing.
        values: float64 `(n_rows,)`, the target: ranks of numbers, or 1 for the most frequent class and 0 for others.
        train: int64, training rows.
        test: int64, test rows, at least one.
        amounts: float64 `(n_groups,)`, the number that each value begins with, infinite for one with none; None
            where most have none.
    """
    known_train, known_test = train[groups[train] >= 0], test[groups[test] >= 0]
    n_groups = int(groups.max()) + 1
    counts = np.bincount(groups[known_train], minlength=n_groups)
    both = known_test[counts[groups[known_test]] > 0]
    if both.size < _LEAST_ROWS:
        return SharedGroups(name, both.size / test.size, 0.0, test.size)
    alike = _explained(groups, values, train=known_train, test=both)
    are_amounts = False
    if amounts is not None and not (is_somebody(name) or _is_id(name)):
        # Groups of ids side by side would share what is known of each of them, and lose most of it.
        bins = _bins(amounts, of_train=amounts[groups[known_train]])[groups]
        are_amounts = _explained(bins, values, train=known_train, test=both) >= _MOST_KEPT * alike
    return SharedGroups(name, both.size / test.size, alike, test.size, are_amounts)


def _bins(amounts: np.ndarray, *, of_train: np.ndarray) -> np.ndarray:
    """Bins of about as many training rows each, int64 `(n_groups,)`; infinite amounts have one of their own."""
    n_bins = min(_BINS, len(amounts) // _GROUPS_OF_A_BIN)
    finite = of_train[np.isfinite(of_train)]
    edges = np.quantile(finite, np.arange(1, n_bins) / n_bins) if finite.size else finite
    return np.where(np.isfinite(amounts), np.searchsorted(edges, amounts, side="right"), n_bins)


def _explained(groups: np.ndarray, values: np.ndarray, *, train: np.ndarray, test: np.ndarray) -> float:
    """The share of the test rows' variance that the means of the training rows of the same group explain."""
    n_groups = int(groups.max()) + 1
    counts = np.bincount(groups[train], minlength=n_groups)
    sums = np.bincount(groups[train], values[train], minlength=n_groups)
    mean = values[train].mean()
    # The mean of all rows counts as one row: a group of one is no certain knowledge.
    means = (sums + mean) / (counts + 1)
    trivial_error = float(((values[test] - mean) ** 2).sum())
    error = float(((values[test] - means[groups[test]]) ** 2).sum())
    return 1 - error / trivial_error if trivial_error else 0.0


def group_findings(columns: list[SharedGroups], target: str) -> list[Finding]:
    """One finding for all columns whose values stand on both sides and foretell the target there.

    It is a note where all of them come again, so that new rows may be of known values too; and of people and other
    things that have rows of their own, where those do not foretell the target, or there are too few to see it.

    Args:
        columns: Those that may be groups.
        target: Name of the target.
    """
    leaking = [
        column
        for column in columns
        if column.shared >= _LEAST_SHARED and column.alike >= _LEAST_ALIKE and not column.are_amounts
    ]
    if not leaking:
        named = [column for column in columns if column.shared >= _LEAST_SHARED and is_somebody(column.name)]
        return [_note_on_names(max(named, key=lambda column: column.shared))] if named else []
    strangers = [column for column in leaking if not column.comes_again]
    # The coarsest holds the rows of the others together too, more often than not.
    worst = max(strangers or leaking, key=lambda column: column.shared)
    others = [column.name for column in leaking if column is not worst]
    more = f"; likewise {quoted_list(others)}" if others else ""
    return [
        Finding(
            "warning" if strangers else "note",
            "groups",
            worst.name,
            f"{worst.shared:.0%} of the {worst.n_test:,} test rows have a value that training rows have too, and those "
            f"tell {worst.alike:.0%} of the variance of '{target}' there: if new rows have new values, the score does "
            f"not hold for them{more}",
            changes.split_by("group", worst.name),
        )
    ]


def _note_on_names(column: SharedGroups) -> Finding:
    return Finding(
        "note",
        "groups",
        column.name,
        f"{column.shared:.0%} of the {column.n_test:,} test rows have a value that training rows have too: if new rows "
        "will have new values, all rows of a value belong on one side of the split",
        changes.split_by("group", column.name),
    )
