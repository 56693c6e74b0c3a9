"""Configurations read from files, laid over each other, or refused as a whole."""

from pathlib import Path

import pytest
from configurations import CONFIG, changed

from echoseq.errors import EchoseqError
from echoseq.study.reading import load, read


def test_null_removes_an_experiment() -> None:
    whole = read(CONFIG)
    configured = load(changed("experiments.full_linear", None))
    names = [name for name in whole.experiments if name != "full_linear"]
    assert list(configured.experiments) == names


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("seeds: [0\nb: {", "expected YAML, found a mistake in line 2"),
        ("just text", "expected keys and values"),
        ("", "expected keys and values"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, content: str, line: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(EchoseqError, match=line) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_file_is_laid_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: v2\nexperiments: {full_echo: {epochs: 7}}\n")
    ours = read(CONFIG, path)
    assert ours.version == "v2"
    assert ours.experiments["full_echo"].epochs == 7
    assert ours.experiments["full_echo"].cells == 20
    assert list(ours.experiments) == list(read(CONFIG).experiments)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EchoseqError, match="cannot read it"):
        read(tmp_path / "none.yaml")
