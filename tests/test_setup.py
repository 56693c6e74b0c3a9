"""The set-up: the make commands and the lock."""

import re
import subprocess
from pathlib import Path

import pytest
from workspaces import PROJECT


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "-f", str(PROJECT / "Makefile"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def prepare(folder: Path) -> None:
    (folder / "workflow/envs").mkdir(parents=True)
    for name in ("requirements.lock", "pyproject.toml", "workflow/envs/echoseq.post-deploy.sh"):
        (folder / name).write_text("")


def test_an_old_python_gets_one_line(tmp_path: Path) -> None:
    prepare(tmp_path)
    old = tmp_path / "oldpython"
    old.write_text(
        "#!/bin/sh\n"
        'exec python3 -c "import sys; sys.version_info = (3, 9, 1); exec(sys.argv[1])" "$2"\n'
    )
    old.chmod(0o755)
    done = make(tmp_path, "env", f"PYTHON={old}")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert "needs Python 3.11, 3.12 or 3.13" in said[0]
    assert "is 3.9" in said[0]
    assert not (tmp_path / ".venv").exists()


def test_no_python_gets_one_line(tmp_path: Path) -> None:
    prepare(tmp_path)
    done = make(tmp_path, "env", "PYTHON=no-such-python")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == ["echoseq needs Python 3.11, 3.12 or 3.13, and there is no no-such-python"]


@pytest.mark.parametrize("name", ["my project", "user's", "echo(seq)"])
def test_a_folder_from_which_scripts_cannot_start_gets_one_line(tmp_path: Path, name: str) -> None:
    """Before minutes are spent on the environment."""
    folder = tmp_path / name
    prepare(folder)
    done = make(folder, "env")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert said[0].startswith(
        "expected a folder whose path has no spaces, quotes or the like, got "
    )
    assert name in said[0]
    assert not (folder / ".venv").exists()


def test_letters_of_every_language_may_be_in_the_path(tmp_path: Path) -> None:
    prepare(tmp_path / "josé")
    done = make(tmp_path / "josé", "env", "PYTHON=no-such-python")
    assert "there is no no-such-python" in done.stderr


def test_help_has_a_line_for_every_command(tmp_path: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    listed = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, flags=re.MULTILINE)
    (commands,) = (set(text.replace("\\\n", " ").split()) for text in listed)
    parts_of_lint = {name for name in commands if name.startswith("lint-")}
    done = make(tmp_path, "help")
    assert done.returncode == 0, done.stderr
    lines = [re.fullmatch(r"make (\S+) +(\S.*)", line) for line in done.stdout.splitlines()]
    assert all(lines)
    names = [line[1] for line in lines if line]
    assert names[0] == "help"
    assert {*names} == commands - parts_of_lint
    assert list(tmp_path.iterdir()) == []  # no environment is needed for it


def test_every_locked_package_has_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    packages = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(packages) > 100
    for package in packages:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", package), package.splitlines()[0]
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_tensorflow_is_the_one_of_the_platform() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    cpu = re.search(r"^tensorflow-cpu==(\S+) ; (.*) \\$", lock, flags=re.MULTILINE)
    other = re.search(r"^tensorflow==(\S+) ; (.*) \\$", lock, flags=re.MULTILINE)
    assert cpu is not None
    assert other is not None
    assert cpu.group(1) == other.group(1)
    assert "platform_machine == 'x86_64' and sys_platform == 'linux'" in cpu.group(2)
    assert "platform_machine != 'x86_64' or sys_platform != 'linux'" in other.group(2)
