"""How many steps an epoch has."""

from dltrain.config.config import Config


def steps_per_epoch(config: Config, n_rows: int) -> int:
    """The steps of an epoch.

    Args:
        config: As read or resolved.
        n_rows: Training rows, at least 1.
    """
    has_batch_statistics = any(layer.type == "batch_normalization" for layer in config.model.layers)
    n_full, n_rest = divide_epoch(n_rows, config.training.batch_size, has_batch_statistics=has_batch_statistics)
    return n_full + bool(n_rest)


def divide_epoch(n_rows: int, batch_size: int, *, has_batch_statistics: bool) -> tuple[int, int]:
    """The number of full batches, and the rows of a shorter one behind them.

    Fewer rows than a batch are a full one of their own. With batch normalisation a single row is left out: it has no
    variance.

    >>> divide_epoch(65, 64, has_batch_statistics=False), divide_epoch(65, 64, has_batch_statistics=True)
    ((1, 1), (1, 0))
    """
    n_full, n_rest = divmod(n_rows, min(batch_size, n_rows))
    return n_full, 0 if n_rest == 1 and has_batch_statistics else n_rest
