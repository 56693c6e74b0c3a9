"""What a process may be started with, and that no command ends in a traceback because of it."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from workspaces import PROJECT

from echoseq.files import write_atomically
from echoseq.process import failure, lenient_warnings


def test_warnings_are_shown_where_they_would_be_raised() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with lenient_warnings():
            warnings.warn("of a library", DeprecationWarning, stacklevel=1)
            with pytest.warns(UserWarning, match="seen"):
                warnings.warn("seen", UserWarning, stacklevel=1)
        with pytest.raises(UserWarning, match="raised"):
            warnings.warn("raised", UserWarning, stacklevel=1)


def test_other_settings_of_warnings_are_kept() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        before = list(warnings.filters)
        with lenient_warnings():
            assert list(warnings.filters) == before


def run(redirection: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `echoseq` with its streams redirected by a shell."""
    command = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "echoseq.cli"]
    return subprocess.run(
        [*command, *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


ANSWERS = ("answers", str(PROJECT / "results/published/v2"))


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("redirection", "arguments", "variables", "output", "code"),
    [
        ("", ("show", "12"), {"PYTHONWARNINGS": "error"}, "", 1),
        (">&-", ("show",), {}, "", 0),
        (">&- 2>&- <&-", ("show", "12"), {}, "", 1),
        ("", ANSWERS, {"PYTHONIOENCODING": "ascii"}, " -> ", 0),
        (">/dev/full", ("show",), {}, "", 1),
    ],
    ids=["warnings", "no output", "no streams", "no arrow", "full"],
)
def test_no_traceback_whatever_the_streams(
    redirection: str,
    arguments: tuple[str, ...],
    variables: dict[str, str],
    output: str,
    code: int,
    *,
    unbuffered: str,
) -> None:
    done = run(redirection, *arguments, **variables, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == code
    assert output in done.stdout
    assert done.stderr.count("\n") == (code if "2>&-" not in redirection else 0)
    assert done.stderr.startswith("echoseq: " if done.stderr else "")


def test_a_full_disk_is_an_error_with_the_file_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"

    def fill(_: Path) -> None:
        Path("/dev/full").write_text("content")

    with pytest.raises(OSError, match="No space left on device") as caught:
        write_atomically(path, fill)
    assert failure(caught.value) == (
        f"{path}: No space left on device: free some space, then repeat the command; what is "
        "finished is kept"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_error_about_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(tmp_path / "a", lambda _: (tmp_path / "none").read_text())
    assert caught.value.filename == str(tmp_path / "none")
