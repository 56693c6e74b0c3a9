"""Seeds that share a job, and their names."""

import pytest

from echoseq.study.blocks import block_name, seed_rules, shared_blocks


def test_blocks_depend_on_the_numbers_of_seeds_alone() -> None:
    seeds_of = {"twelve": range(12), "five": range(5), "listed": [1, 3, 7, 11, 20]}
    assert shared_blocks(seeds_of, 5) == {
        (0, 1, 2, 3, 4): ["five", "twelve"],
        (1, 3): ["listed"],
        (5, 6, 7, 8, 9): ["twelve"],
        (10, 11): ["twelve"],
    }


@pytest.mark.parametrize("size", [2, 3, 5, 10])
def test_more_seeds_add_blocks_and_keep_full_ones(size: int) -> None:
    before, after = (set(shared_blocks({"a": range(n)}, size)) for n in (2 * size, 5 * size - 1))
    assert before < after


def test_a_block_of_one_shares_nothing() -> None:
    assert shared_blocks({"a": range(10)}, 1) == {}
    assert shared_blocks({"a": [4, 5]}, 5) == {}


def test_seeds_in_a_row_are_named_by_the_first_and_the_last() -> None:
    assert block_name([0, 1, 2, 3, 4]) == "0_to_4"
    assert block_name([7]) == "7_to_7"


def test_other_seeds_with_the_same_ends_have_another_name() -> None:
    names = [block_name(seeds) for seeds in ([0, 1, 4], [0, 2, 4], [0, 4], [0, 1, 2, 3, 4])]
    assert all(name.startswith("0_to_4") for name in names)
    assert len(set(names)) == len(names)
    assert block_name([0, 2, 4]) == block_name((0, 2, 4))


def test_seeds_have_a_rule_each_or_share_one() -> None:
    single, *shared = seed_rules("train", {"b": [0, 1, 2], "a": [0, 1, 2, 3], "c": [9]}, 3)
    assert single == ("train_seed", ("{seed}",), "seed-{seed}", ["b", "a", "c"])
    assert shared == [("train_0_to_2", ("0", "1", "2"), "seeds-0_to_2", ["a", "b"])]
    assert seed_rules("train", {"a": [0, 1, 2, 3]}, 1) == [(*single[:3], ["a"])]
