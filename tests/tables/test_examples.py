"""What is asked, as the first windows of a held-out sequence."""

from examples import MASKED, PREDICTIONS, made_up

from echoseq.tables.examples import COLUMNS, make


def test_the_first_two_windows_are_shown_with_their_answers() -> None:
    table = make("partial_echo", PREDICTIONS)
    assert list(table) == list(COLUMNS)
    assert table.to_numpy().tolist() == [
        ["partial_echo", 1, "[0, 1, 2]", "[0, 1]"],
        ["partial_echo", 2, "[1, 2, 3]", "[1, 2]"],
    ]


def test_windows_that_lack_values_are_passed_over() -> None:
    table = make("masked", MASKED)
    assert table["window"].tolist() == [3, 4]
    assert table["values"].tolist() == ["[0, 1, 2]", "[1, 2, 3]"]


def test_of_one_window_there_is_one_row() -> None:
    assert make("one", made_up([0], 2, n_in=6))["values"].tolist() == ["[0, 1, 2, 3, 4, 5]"]
