"""Names of seeds that share a job."""

from echoseq.study.blocks import block_name


def test_seeds_in_a_row_are_named_by_the_first_and_the_last() -> None:
    assert block_name([0, 1, 2, 3, 4]) == "0_to_4"
    assert block_name([7]) == "7_to_7"


def test_other_seeds_with_the_same_ends_have_another_name() -> None:
    names = [block_name(seeds) for seeds in ([0, 1, 4], [0, 2, 4], [0, 4], [0, 1, 2, 3, 4])]
    assert all(name.startswith("0_to_4") for name in names)
    assert len(set(names)) == len(names)
    assert block_name([0, 2, 4]) == block_name((0, 2, 4))
