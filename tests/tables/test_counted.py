"""Counts of the answers of an experiment, of complete and of incomplete windows."""

from dataclasses import replace

import numpy as np
from examples import COUNTS_7, MASKED, PREDICTIONS

from echoseq.tables.counted import count_predictions


def test_complete_and_incomplete_windows_are_counted_apart():
    counts = count_predictions(MASKED)
    assert list(counts) == ["complete", "incomplete"]
    assert counts["complete"].per_sequence.tolist() == [4, 4, 4]
    assert counts["complete"].correct.tolist() == [[[4, 4, 4], [4, 4, 4]], COUNTS_7]
    assert counts["incomplete"].per_sequence.tolist() == [0, 1, 1]
    assert counts["incomplete"].correct[..., 1:].tolist() == [[[1, 1], [1, 1]], [[0, 0], [1, 1]]]


def test_answers_in_place_of_missing_targets_change_no_count():
    tokens = MASKED.tokens.copy()
    tokens[:, :, 0] = 77
    tokens[:, :, 1, 0] = 88
    for windows, counts in count_predictions(replace(MASKED, tokens=tokens)).items():
        before = count_predictions(MASKED)[windows]
        np.testing.assert_array_equal(counts.correct, before.correct)
        np.testing.assert_array_equal(counts.per_sequence, before.per_sequence)


def test_an_accuracy_of_no_answers_is_not_a_number():
    incomplete = count_predictions(MASKED)["incomplete"]
    assert np.isnan(incomplete.accuracy[:, 0]).all()
    assert incomplete.accuracy[:, 1:].tolist() == [[1, 1], [0.5, 0.5]]


def test_an_experiment_that_drops_incomplete_windows_has_none():
    assert list(count_predictions(PREDICTIONS)) == ["complete"]
