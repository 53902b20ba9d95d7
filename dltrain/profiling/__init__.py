"""A table looked at before a fit: the facts of its columns, and what is doubtful about them and the split."""

from dltrain.profiling.column_profile import ColumnProfile, profile_column
from dltrain.profiling.finding import GRADES, Finding, Grade

__all__ = ["ColumnProfile", "profile_column", "Finding", "Grade", "GRADES"]
