"""Seeds and experiments that share a job, and their names."""

import re

import pytest

from echoseq.study.blocks import (
    ANY,
    block_name,
    experiment_rules,
    experiments_text,
    seed_rules,
    seeds_text,
    shared_blocks,
    sweep_blocks,
)


def test_blocks_follow_the_numbers_of_seeds() -> None:
    seeds_of = {"thirteen": range(13), "five": range(5), "listed": [1, 3, 7, 11, 20]}
    assert shared_blocks(seeds_of, 5) == {
        (0, 1, 2, 3, 4): ["five", "thirteen"],
        (1, 3): ["listed"],
        (5, 6, 7, 8, 9): ["thirteen"],
        (10, 11, 12): ["thirteen"],
        (11, 20): ["listed"],
    }


@pytest.mark.parametrize(("count", "last"), [(7, range(7)), (8, range(5, 8)), (12, range(5, 12))])
def test_up_to_half_a_block_at_the_end_joins_the_one_before(count: int, last: range) -> None:
    assert [*shared_blocks({"a": range(count)}, 5)][-1] == tuple(last)


@pytest.mark.parametrize("size", [2, 3, 5, 10])
def test_more_seeds_add_blocks_and_keep_full_ones(size: int) -> None:
    before, after = (set(shared_blocks({"a": range(n)}, size)) for n in (2 * size, 5 * size - 1))
    assert before < after


def test_a_block_of_one_shares_nothing() -> None:
    assert shared_blocks({"a": range(10)}, 1) == {}
    assert shared_blocks({"a": [4]}, 5) == {}


def test_seeds_in_a_row_are_named_by_the_first_and_the_last() -> None:
    assert block_name([0, 1, 2, 3, 4]) == "0_to_4"
    assert block_name([7]) == "7_to_7"


def test_other_seeds_with_the_same_ends_have_another_name() -> None:
    names = [block_name(seeds) for seeds in ([0, 1, 4], [0, 2, 4], [0, 4], [0, 1, 2, 3, 4])]
    assert all(name.startswith("0_to_4") for name in names)
    assert len(set(names)) == len(names)
    assert block_name([0, 2, 4]) == block_name((0, 2, 4))


def test_seeds_have_a_rule_each_or_share_one() -> None:
    single, *shared = seed_rules("train", {"b": [0, 1], "a": [0, 1, 2], "c": [9]}, 2)
    assert single == ("train_seed", ("{seed}",), "seed-{seed}", ["b", "a", "c"], ANY)
    assert shared == [
        ("train_0_to_2", ("0", "1", "2"), "seeds-0_to_2", ["a"], ANY),
        ("train_0_to_1", ("0", "1"), "seeds-0_to_1", ["b"], ANY),
    ]
    assert seed_rules("train", {"a": [0, 1, 2, 3]}, 1) == [(*single[:3], ["a"], ANY)]


def test_seeds_that_always_share_a_job_have_no_other() -> None:
    single, *_ = seed_rules("train", {"a": [*range(10)], "b": [*range(5)], "c": [0, 1, 3, 4, 6]}, 5)
    known = {str(seed) for seed in (*range(13), 30, 111)}
    found = {seed for seed in known if re.fullmatch(single.pattern, seed)}
    assert known - found == {"0", "1", "3", "4"}


def test_the_experiments_of_a_sweep_share_jobs_of_even_sizes() -> None:
    sweeps = {"alone": None, **{f"long_{i}": "long" for i in range(7)}, "short_1": "short"}
    assert sweep_blocks(sweeps, 3) == {
        "long_0": ["long_0", "long_1"],
        "long_1": ["long_2", "long_3"],
        "long_2": ["long_4", "long_5", "long_6"],
        "short_0": ["short_1"],
    }
    assert sweep_blocks(sweeps, 7)["long_0"] == [f"long_{i}" for i in range(7)]
    assert sweep_blocks({"alone": None}, 3) == {}


def test_a_sweep_leaves_the_blocks_of_others_as_they_are() -> None:
    before = {f"b_{i}": "b" for i in range(5)}
    after = before | {f"a_{i}": "a" for i in range(4)}
    assert sweep_blocks(before, 2).items() <= sweep_blocks(after, 2).items()


def test_experiments_have_a_rule_each_or_share_one() -> None:
    sweeps = {"x": None, "s_1": "s", "s_2": "s", "t_1": "t"}
    single, shared = experiment_rules("evaluate", sweeps, 10)
    alone = ("t_1", "x")
    assert single == ("evaluate_experiment", ("{experiment}",), "{experiment}", alone)
    assert shared == ("evaluate_s_0", ("s_1", "s_2"), "sweeps/s_0", ())
    assert single.named({"experiment": "t_1"}) == ["t_1"]
    assert shared.named({}) == ["s_1", "s_2"]


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        (("{seed}",), "one seed"),
        (("0", "1", "2"), "seeds 0 to 2"),
        (("0", "2"), "seeds 0 and 2"),
        (("1", "2", "4"), "seeds 1, 2 and 4"),
    ],
)
def test_seeds_in_words(seeds: tuple[str, ...], words: str) -> None:
    assert seeds_text(seeds) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("{experiment}",), "an experiment"),
        (["long_100"], "the experiment long_100"),
        (["long_100", "long_20", "long_50"], "3 experiments, long_100 to long_50,"),
    ],
)
def test_experiments_in_words(names: list[str], words: str) -> None:
    assert experiments_text(names) == words
