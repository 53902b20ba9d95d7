"""How much less sure few groups of rows are than endlessly many."""

import math
from typing import Final

Z: Final = 1.959963984540054
"""Of the normal distribution, 95 % lies between -z and z."""


def group_widening(n_groups: int) -> float:
    """How many times as wide as by the normal distribution a 95 % interval is whose variance comes from some groups.

    As Student's distribution with a freedom less than there are groups, for sums of squares that are divided by their
    number.

    Args:
        n_groups: At least 2: one group alone says nothing of others.
    """
    return student_quantile(n_groups - 1) / Z * math.sqrt(n_groups / (n_groups - 1))


def student_quantile(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution, to 0.3 %: the expansion of Fisher and Cornish (1960).

    Args:
        freedom: Degrees of freedom, >= 1.

    >>> [round(student_quantile(freedom), 2) for freedom in (1, 2, 4, 9, 30)]
    [12.71, 4.3, 2.77, 2.26, 2.04]
    """
    if freedom <= 2:
        return 12.706204736 if freedom == 1 else 4.302652730
    first = (Z**3 + Z) / 4
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    third = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + first / freedom + second / freedom**2 + third / freedom**3
