"""Sweeps: the experiments that a grid stands for, and what is refused."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import study_of_two
from workspaces import Workspace

from echoseq.errors import EchoseqError
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.reading import load, read
from echoseq.study.schema import Study
from echoseq.study.sweeps import expand

SWEEP = {
    "question": "q",
    "model": "encoder_decoder",
    "epochs": 300,
    "until": "learned",
    "seeds": 3,
    "compare_to": {"echo": "short"},
    "grid": {
        "echo": {
            "short": {"task": "one", "batch_size": 1},
            "long one": {"task": "other", "batch_size": 3},
        },
        "cells": [4, 8],
        "learning_rate": [0.001, 0.01],
    },
}


def with_sweep(**changes: Any) -> dict[str, Any]:
    """A small configuration with one sweep; a change of None leaves the key out."""
    sweep = {k: v for k, v in (copy.deepcopy(SWEEP) | changes).items() if v is not None}
    return study_of_two() | {"sweeps": {"s": sweep}, "questions": {"q": {"text": "Why"}}}


def swept(study: Study) -> list[str]:
    return [name for name, experiment in study.experiments.items() if experiment.sweep == "s"]


def test_each_combination_is_an_experiment_with_the_keys_of_the_sweep() -> None:
    study = load(with_sweep())
    assert swept(study) == [
        *("s_short_0_001_4", "s_short_0_001_8", "s_short_0_01_4", "s_short_0_01_8"),
        *("s_long_one_0_001_4", "s_long_one_0_001_8", "s_long_one_0_01_4", "s_long_one_0_01_8"),
    ]
    one = study.experiments["s_long_one_0_01_8"]
    assert (one.task, one.batch_size, one.cells, one.learning_rate) == ("other", 3, 8, 0.01)
    assert (one.question, one.epochs, one.until, one.seeds) == ("q", 300, "learned", 3)
    assert one.group == "long one, learning rate 0.01"
    plan = study.plan_of("s_long_one_0_01_8")
    assert (plan.success, plan.learned_over, plan.learning_rate) == (0.99, 200, 0.01)
    assert study.plan_of("a").success is None


def test_each_is_compared_with_the_one_that_differs_in_one_axis_alone() -> None:
    study = load(with_sweep())
    assert study.experiments["s_long_one_0_01_8"].compare_to == "s_short_0_01_8"
    assert study.experiments["s_short_0_01_8"].compare_to is None
    named = load(with_sweep(compare_to="a"))
    assert {named.experiments[name].compare_to for name in swept(named)} == {"a"}
    alone = load(with_sweep(compare_to=None))
    assert {alone.experiments[name].compare_to for name in swept(alone)} == {None}


def test_truth_values_and_text_have_labels_without_their_key() -> None:
    grid = {"stateful": [True, False], "task": ["one", "other"], "cells": [4]}
    study = load(with_sweep(grid=grid, batch_size=1, compare_to={"stateful": True}))
    assert swept(study) == [
        *("s_stateful_one_4", "s_stateful_other_4"),
        *("s_not_stateful_one_4", "s_not_stateful_other_4"),
    ]
    assert study.experiments["s_not_stateful_one_4"].compare_to == "s_stateful_one_4"
    assert study.experiments["s_not_stateful_one_4"].group == "not stateful, one"


def test_options_of_models_are_shown_with_their_key_but_named_without_it() -> None:
    grid = {
        "encoder": ["lstm", {"recurrent_gain": 0}, {"cell": "gru", "reset_after": False}],
        "decoder": ["lstm", "simple_rnn"],
        "attention": ["none", "dot"],
        "feed": ["encoding", ["encoding", "answer"]],
    }
    sweep = {"task": "one", "batch_size": 1, "cells": 4, "compare_to": {"encoder": "lstm"}}
    study = load(with_sweep(grid=grid, **sweep))
    assert len(swept(study)) == 3 * 2 * 2 * 2
    one = study.experiments["s_dot_simple_rnn_lstm_recurrent_gain_0_encoding_answer"]
    assert one.group == (
        "attention dot, decoder simple_rnn, encoder lstm recurrent_gain 0, feed encoding + answer"
    )
    assert one.compare_to == "s_dot_simple_rnn_lstm_encoding_answer"
    other = study.plan_of("s_none_lstm_gru_reset_after_false_encoding")
    assert (other.encoder.cell, other.encoder.reset_after, other.attention) == (
        "gru",
        False,
        "none",
    )


def test_a_sweep_over_sizes_alone_is_one_group_with_its_name() -> None:
    study = load(with_sweep(grid={"cells": [4, 8]}, task="one", batch_size=1, compare_to=None))
    assert {study.experiments[name].group for name in swept(study)} == {"s"}


def test_names_do_not_depend_on_the_order_of_the_axes() -> None:
    turned = with_sweep(grid=dict(reversed(SWEEP["grid"].items())))
    assert set(swept(load(turned))) == set(swept(load(with_sweep())))


def test_null_leaves_out_a_value_an_experiment_or_a_sweep() -> None:
    less = with_sweep()
    less["sweeps"]["s"]["grid"]["echo"]["long one"] = None
    assert len(swept(load(less))) == 4
    less["experiments"]["s_short_0_01_8"] = None
    assert swept(load(less)) == ["s_short_0_001_4", "s_short_0_001_8", "s_short_0_01_4"]
    assert swept(load(less | {"sweeps": {"s": None}})) == []


def test_a_resolved_configuration_has_the_experiments_and_no_sweeps() -> None:
    study = load(with_sweep())
    resolved = study.resolved()
    assert resolved["sweeps"] == {"s": None}
    again = load(resolved)
    assert again.experiments == study.experiments
    left_out = load(with_sweep() | {"sweeps": {"s": None}}).resolved()
    assert left_out["sweeps"] == {"s": None}  # or it would come back
    assert again.resolved() == resolved


def test_a_configuration_without_sweeps_is_left_as_it_is() -> None:
    assert expand(study_of_two()) == (study_of_two(), {}, [])


GRID = SWEEP["grid"]
BAD = [
    (
        {"grid": None},
        "sweeps.s.grid: expected keys of experiments with lists of values to try, got ",
    ),
    ({"grid": {}}, "sweeps.s.grid: expected at least one key with values to try, got none"),
    ({"grid": {"cells": []}}, "sweeps.s.grid.cells: expected at least one value, got none"),
    ({"grid": {"echo": {}}}, "sweeps.s.grid.echo: expected at least one value, got none"),
    ({"grid": {"cells": 4}}, "sweeps.s.grid.cells: expected a list of values, or names with keys"),
    (
        {"grid": {"cell": [4]}},
        "sweeps.s.grid.cell: unknown key; did you mean cells?",
    ),
    ({"grid": {"question": ["q"]}}, "sweeps.s.grid.question: unknown key, expected one of task, "),
    (
        {"grid": {"echo": {"x": {"cell": 4}}}},
        "sweeps.s.grid.echo.x.cell: unknown key; did you mean cells?",
    ),
    ({"grid": {"echo": {"x": 4}}}, "sweeps.s.grid.echo.x: expected keys of experiments and their"),
    (
        {"grid": GRID | {"cells": [4, 4]}},
        "sweeps.s.grid.cells: expected each value once, got cells 4",
    ),
    ({"lr": 0.1}, "sweeps.s.lr: unknown key, expected one of grid, task, model, cells, "),
    ({"cells": 4}, "sweeps.s.grid.cells: sets cells, which sweeps.s sets too; expected one of"),
    (
        {"grid": GRID | {"task": ["one"]}},
        "sweeps.s.grid.task: sets task, which sweeps.s.grid.echo sets too; expected one of the two",
    ),
    ({"compare_to": {"size": 4}}, "sweeps.s.compare_to.size: unknown key, expected one of echo, "),
    (
        {"compare_to": {"echo": "shot"}},
        "sweeps.s.compare_to.echo: expected one of short, long one, got shot",
    ),
    ({"compare_to": {"cells": True}}, "sweeps.s.compare_to.cells: expected one of 4, 8, got true"),
    ({"compare_to": {}}, "sweeps.s.compare_to: expected one axis and its value, or the name of an"),
    (
        {"compare_to": "c"},
        "sweeps.s.compare_to: expected one of a, b, got 'c' (its experiment s_short_0_001_4, and 7",
    ),
    ({"grids": GRID}, "sweeps.s.grids: unknown key; did you mean grid?"),
    ({"model": "gru"}, f"sweeps.s.model: expected one of {len(ARCHITECTURES)} names, "),
    (
        {"epochs": 199},
        "sweeps.s.epochs: expected at least 200, the epochs of statistics.learned_over, with until",
    ),
    (
        {"grid": GRID | {"echo": {"p q": {"task": "one"}, "p_q": {"task": "other"}}}}
        | {"batch_size": 1, "compare_to": None},
        "sweeps.s: two of its experiments would be named 's_p_q_0_001_4', expected values that",
    ),
    (
        {"epochs": -1},
        "sweeps.s.epochs: expected 1 or more, got -1 (its experiment s_short_0_001_4, and 7 more)",
    ),
    (
        {"grid": GRID | {"cells": ["x"]}},
        "sweeps.s.cells: expected a whole number, got text 'x' (its",
    ),
    (
        {"grid": GRID | {"echo": {"short": {"task": "one", "batch_size": 4}}}},
        "sweeps.s.batch_size: expected a divisor of the 21 windows",
    ),
    ({"grid": GRID | {"echo": {"short" * 12: {}}}, "compare_to": None}, "more than 60 characters"),
]


@pytest.mark.parametrize(("changes", "line"), BAD, ids=[line[:60] for _, line in BAD])
def test_a_bad_sweep_is_refused_in_one_line_that_names_it(
    changes: dict[str, Any], line: str
) -> None:
    given = with_sweep()
    given["sweeps"]["s"] |= changes
    with pytest.raises(EchoseqError) as refusal:
        load(given)
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_unknown_keys_of_sweeps_are_told_together_and_hide_nothing_else() -> None:
    given = with_sweep(learning_rates=0.1)
    given["sweeps"]["s"]["gird"] = given["sweeps"]["s"].pop("grid")
    given["sweeps"]["t"] = {"grid": {"echo": {"x": {"tsk": "one"}}, "windows": [3]}}
    given["experiments"]["b"] |= {"compare_to": "s_short_0_001_4", "cells": 0}
    with pytest.raises(EchoseqError) as refusal:
        load(given)
    said = str(refusal.value).splitlines()
    assert said[:3] == [
        "sweeps.s.learning_rates: unknown key; did you mean learning_rate?",
        "sweeps.s.gird: unknown key; did you mean grid?",
        "sweeps.t.grid.echo.x.tsk: unknown key; did you mean task?",
    ]
    assert said[3].startswith("sweeps.t.grid.windows: unknown key, expected one of task, model, ")
    assert said[3].endswith("; or names, each with its own keys and values")
    assert said[4:] == ["experiments.b.cells: expected 1 or more, got 0"]


@pytest.mark.parametrize("sweeps", [3, [SWEEP], {"s": [1]}, {"s": "a"}])
def test_sweeps_are_keys_and_values(sweeps: Any) -> None:
    with pytest.raises(EchoseqError, match=r"sweeps(\.s)?: expected (sweeps by name|keys and v)"):
        load(with_sweep() | {"sweeps": sweeps})


def test_a_sweep_has_a_name_that_experiments_can_begin_with() -> None:
    with pytest.raises(EchoseqError, match=r"^sweeps\.1x: expected a name of letters, digits, "):
        load(with_sweep() | {"sweeps": {"1x": SWEEP}})


def test_no_sweeps_and_no_questions_may_be_null() -> None:
    study = load(study_of_two() | {"sweeps": None, "questions": None})
    assert (study.sweeps, study.questions) == ({}, {})


def test_a_number_can_be_a_name_on_an_axis() -> None:
    grid = {"echo": {5: {"task": "one"}, 6: {"task": "other"}}, "cells": [4]}
    study = load(with_sweep(grid=grid, batch_size=1, compare_to={"echo": 5}))
    assert study.experiments["s_6_4"].compare_to == "s_5_4"


def test_files_override_the_first_one_together_as_in_snakemake(tmp_path: Path) -> None:
    (tmp_path / "whole.yaml").write_text(yaml.safe_dump(with_sweep()))
    (tmp_path / "none.yaml").write_text("sweeps: null\n")
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"sweeps": {"s": {"epochs": 250}}}))
    names = ("whole.yaml", "none.yaml", "mine.yaml")
    study = read(*(tmp_path / name for name in names))
    assert {study.experiments[n].epochs for n in swept(study)} == {250}
    assert swept(read(*(tmp_path / name for name in names[:2]))) == []


def test_names_that_collide_are_refused() -> None:
    taken = with_sweep()
    taken["experiments"]["s_short_0_01_8"] = dict(taken["experiments"]["a"])
    with pytest.raises(EchoseqError, match=r"sweeps\.s: its experiment 's_short_0_01_8' has the "):
        load(taken)
    both = with_sweep()
    both["sweeps"] |= {"s_short": {**SWEEP, "grid": {"learning_rate": [0.001], "cells": [4]}}}
    both["sweeps"]["s_short"] |= {"task": "one", "batch_size": 1, "compare_to": None}
    with pytest.raises(
        EchoseqError, match=r"sweeps\.s_short: .* has the name of one of sweeps\.s,"
    ):
        load(both)


def test_a_cap_above_the_snapshot_is_refused() -> None:
    given = with_sweep()
    given["tasks"]["other"]["sequences"] = 299
    with pytest.raises(EchoseqError, match=r"sweeps\.s\.epochs: expected at most 299, the seq"):
        load(given)


def test_a_snapshot_holds_as_many_sequences_as_the_caps_need() -> None:
    study = load(with_sweep(epochs=25_001))
    assert study.sequences_of("one") == 30_000
    assert load(study_of_two()).sequences_of("one") == 10_000
    given = with_sweep()
    given["tasks"]["one"]["sequences"] = 400
    assert load(given).sequences_of("one") == 400
    assert load(given).resolved()["tasks"]["one"]["sequences"] == 400


def test_both_ends_of_a_contrast_get_its_seeds() -> None:
    given = with_sweep()
    contrast = {"experiment": "s_long_one_0_01_8", "measure": "epochs", "seeds": [7, 9]}
    given["questions"]["q"]["contrast"] = contrast
    study = load(given)
    assert study.seeds_of("s_long_one_0_01_8") == study.seeds_of("s_short_0_01_8") == [7, 9]
    assert study.seeds_of("s_short_0_001_8") == [0, 1, 2]


def test_the_base_of_a_contrast_keeps_its_seeds_if_it_is_of_the_study() -> None:
    given = with_sweep(compare_to="a")
    contrast = {"experiment": "s_short_0_01_8", "measure": "accuracy", "seeds": 2}
    given["questions"]["q"]["contrast"] = contrast
    study = load(given)
    assert study.seeds_of("s_short_0_01_8") == study.seeds_of("a") == [0, 1]
    contrast["seeds"] = [5, 6]
    with pytest.raises(EchoseqError, match=r"contrast\.seeds: expected some that 'a' has"):
        load(given)


def test_experiments_that_train_in_the_same_way_are_twins() -> None:
    """With some of the seeds of the other; those of the study are never twins of others."""
    given = with_sweep(until="epochs", epochs=10, compare_to=None)
    given["sweeps"]["s"]["grid"]["cells"] = [3, 4]
    study = load(given)
    # The two tasks differ in nothing, but batches do; a and b are alike in everything.
    assert study.plan_of("a") == study.plan_of("b") == study.plan_of("s_short_0_001_3")
    assert study.twins() == {"b": "a"}  # the swept one has a third seed
    given["sweeps"]["s"]["seeds"] = 2
    assert load(given).twins() == {"b": "a", "s_short_0_001_3": "a"}


def test_a_sweep_in_a_file_can_be_made_smaller_by_another(tmp_path: Path) -> None:
    (tmp_path / "whole.yaml").write_text(yaml.safe_dump(with_sweep()))
    smaller = {"sweeps": {"s": {"epochs": 200, "grid": {"cells": [2]}}}}
    (tmp_path / "less.yaml").write_text(yaml.safe_dump(smaller))
    study = read(tmp_path / "whole.yaml", tmp_path / "less.yaml")
    assert {study.experiments[n].cells for n in swept(study)} == {2}
    assert {study.experiments[n].epochs for n in swept(study)} == {200}


def test_snakemake_names_the_same_experiments(workspace: Workspace) -> None:
    """It lays files over each other in another order than `read` does."""
    done = workspace.snakemake("--dry-run", targets=["extensions"])
    assert done.returncode == 0, done.stderr
    assert "experiment=linear_full_5_of_5_at_once_linear_rate_0_01_20" in done.stdout + done.stderr
