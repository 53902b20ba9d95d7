"""What may be better about a training."""

import shlex
from collections.abc import Sequence

from dltrain.report.markup import Child, Markup, data, element
from dltrain.run import Diagnosis


def remarks(found: Sequence[tuple[Diagnosis, Child]]) -> Markup | None:
    """A list of what was seen, and of what to try: overrides that can be pasted into a command line.

    Args:
        found: Every one, and what stands behind its topic, such as where it was seen.
    """
    if not found:
        return None
    return element("ul", *(_remark(one, where) for one, where in found), attributes={"class": "remarks"})


def _remark(found: Diagnosis, where: Child) -> Markup:
    topic = element("strong", found.topic.replace("_", " "))
    change = () if found.change is None else (". Try ", element("code", data(shlex.quote(found.change))))
    return element("li", topic, where, ": ", data(found.message), *change)
