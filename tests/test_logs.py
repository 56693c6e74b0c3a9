"""What a failed step writes to its log and reports to the user."""

import pytest

from echoseq.errors import EchoseqError
from echoseq.logs import step_log


def test_a_log_contains_the_messages(tmp_path):
    with step_log(tmp_path / "step.log") as log:
        log.info("epoch %d", 3)
    text = (tmp_path / "step.log").read_text()
    assert text.endswith("INFO epoch 3\n")


def test_a_mistake_of_the_user_is_one_line_in_both_places(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught, step_log(tmp_path / "step.log"):
        raise EchoseqError("file: expected a model")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "echoseq: file: expected a model\n"
    assert (tmp_path / "step.log").read_text().endswith("ERROR file: expected a model\n")


@pytest.mark.parametrize("error", [ZeroDivisionError, ImportError, KeyboardInterrupt])
def test_any_other_exception_is_logged_and_propagates(tmp_path, error):
    with pytest.raises(error), step_log(tmp_path / "step.log"):
        raise error("unforeseen")
    text = (tmp_path / "step.log").read_text()
    assert "Traceback" in text
    assert "unforeseen" in text


def test_a_second_step_does_not_write_into_the_first_log(tmp_path):
    for name in ("first", "second"):
        with step_log(tmp_path / name) as log:
            log.info(name)
    assert (tmp_path / "first").read_text().count("\n") == 1
