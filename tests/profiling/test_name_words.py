import pytest

from dltrain.profiling.name_words import kindred_names


@pytest.mark.parametrize(
    ("target", "names", "expected"),
    [
        ("arr_delay", ["dep_delay", "distance"], {"dep_delay"}),
        ("writing score", ["reading score", "math score", "lunch"], {"reading score", "math score"}),
        ("track_popularity", ["track_id", "track_name", "track_artist", "track_album_id"], set()),
        ("SalePrice", ["ListPrice", "SaleType", "Area"], {"ListPrice", "SaleType"}),
        ("y", ["y2", "x"], set()),
        ("is_canceled", ["is_repeated_guest", "lead_time"], set()),
    ],
)
def test_columns_that_share_a_rare_word_with_the_target(target: str, names: list[str], expected: set[str]) -> None:
    assert kindred_names(target, names) == expected
