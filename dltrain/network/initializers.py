"""Starting values and penalties of weights."""

from dltrain.config.sections.initializers import Initializer, Regularizer
from dltrain.network.backend import keras

_INITIALIZERS = {
    "glorot_uniform": keras.initializers.GlorotUniform,
    "glorot_normal": keras.initializers.GlorotNormal,
    "he_uniform": keras.initializers.HeUniform,
    "he_normal": keras.initializers.HeNormal,
    "lecun_uniform": keras.initializers.LecunUniform,
    "lecun_normal": keras.initializers.LecunNormal,
    "random_normal": keras.initializers.RandomNormal,
    "truncated_normal": keras.initializers.TruncatedNormal,
    "random_uniform": keras.initializers.RandomUniform,
    "orthogonal": keras.initializers.Orthogonal,
    "variance_scaling": keras.initializers.VarianceScaling,
    "zeros": keras.initializers.Zeros,
    "ones": keras.initializers.Ones,
    "constant": keras.initializers.Constant,
}
_FIXED = ("zeros", "ones", "constant")

_REGULARIZERS = {
    "l1": keras.regularizers.L1,
    "l2": keras.regularizers.L2,
    "l1_l2": keras.regularizers.L1L2,
}


def build_initializer(section: Initializer, *, seed: int) -> keras.initializers.Initializer:
    """Builds an initializer; the seed is for the random ones."""
    arguments = section.model_dump(exclude={"type"})
    if section.type not in _FIXED:
        arguments["seed"] = seed
    return _INITIALIZERS[section.type](**arguments)


def build_regularizer(section: Regularizer | None) -> keras.regularizers.Regularizer | None:
    """Builds a regularizer; None stays None."""
    return None if section is None else _REGULARIZERS[section.type](**section.model_dump(exclude={"type"}))
