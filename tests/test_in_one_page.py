"""The page that a stranger reads first does what it says."""

import re
import subprocess
import sys

from workspaces import PROJECT

PAGE = PROJECT / "docs/in_one_page.py"


def test_the_page_runs_and_reaches_what_it_says() -> None:
    done = subprocess.run(
        [sys.executable, PAGE], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"accuracy at each place: (.*)", done.stdout)
    lstm, control = ([float(share) for share in line.split()] for line in found)
    assert min(lstm[1:]) > 0.95  # carried from step to step
    assert lstm[0] < 0.2  # outside the window
    assert max(control) < 0.2
    assert "the first [5 0 2 1 1] => [7 5 0 2 1]" in done.stdout


def test_it_is_one_page() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 80
