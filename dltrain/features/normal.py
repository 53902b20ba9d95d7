"""The quantile function of the normal distribution, without SciPy."""

from typing import Final

import numpy as np

_CENTRAL: Final = 0.425

# Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37(3),
# 477-484, routine PPND16. Highest power first. Its third region, beyond e^-25, lies outside our domain.
_CENTRAL_NUMERATOR: Final = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRAL_DENOMINATOR: Final = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_TAIL_NUMERATOR: Final = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_TAIL_DENOMINATOR: Final = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)


def normal_quantile(probability: np.ndarray) -> np.ndarray:
    """The values below which a standard normal variable lies with the given probabilities.

    Args:
        probability: float64, between 2e-11 and 1 - 2e-11.

    Returns:
        float64 of the same shape, exact to about 1e-15 relative.
    """
    central = probability - 0.5
    square = _CENTRAL**2 - central**2
    quantile: np.ndarray = central * _polynomial(_CENTRAL_NUMERATOR, square)
    quantile /= _polynomial(_CENTRAL_DENOMINATOR, square)
    in_tail = np.abs(central) > _CENTRAL
    tail = probability[in_tail]
    distance = np.sqrt(-np.log(np.minimum(tail, 1.0 - tail))) - 1.6
    size = _polynomial(_TAIL_NUMERATOR, distance) / _polynomial(_TAIL_DENOMINATOR, distance)
    quantile[in_tail] = np.copysign(size, central[in_tail])
    return quantile


def _polynomial(coefficients: tuple[float, ...], x: np.ndarray) -> np.ndarray:
    """Horner's rule like `np.polyval`, but in place."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value
