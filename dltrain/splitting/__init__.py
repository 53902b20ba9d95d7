"""Rows → training, validation and test rows."""

from dltrain.splitting.keys import split_keys
from dltrain.splitting.rows import Split, split_rows

__all__ = ["Split", "split_keys", "split_rows"]
