"""From a config and its tables to labelled rows."""
