"""Configurations read from files, laid over each other, or refused as a whole."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from configurations import CONFIG, changed, study_of_two

from echoseq.errors import EchoseqError
from echoseq.study.reading import check_files, load, over, read


def test_null_removes_an_experiment() -> None:
    whole = read(CONFIG)
    configured = load(changed("experiments.full_memoryless", None))
    names = [name for name in whole.experiments if name != "full_memoryless"]
    assert list(configured.experiments) == names


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("seeds: [0\nb: {", "expected YAML, found a mistake in line 2"),
        ("just text", "expected keys and values"),
        ("", "expected keys and values"),
        ("version: 2026-13-45", "expected YAML, found a mistake"),
        ("seeds: 0x_", "expected YAML, found a mistake"),
        ("seeds: !seeds 3", "expected YAML, found a mistake in line 1"),
        ("[" * 5000, "expected YAML, found a mistake"),
    ],
    ids=["mistake", "text", "empty", "no such day", "no digits", "unknown tag", "too deep"],
)
def test_a_file_that_is_not_a_configuration_is_refused(
    tmp_path: Path, content: str, line: str
) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(EchoseqError, match=line) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_files_that_are_not_yaml_are_left_to_snakemake(tmp_path: Path) -> None:
    """It reads JSON too, indented with tabs."""
    path = tmp_path / "study.json"
    path.write_text('{\n\t"seeds": 3\n}')
    check_files([path, tmp_path / "none.yaml"])


def test_a_file_that_inherits_nothing_is_the_whole_configuration(tmp_path: Path) -> None:
    path, more = tmp_path / "mine.yaml", tmp_path / "more.yaml"
    path.write_text(yaml.safe_dump({**study_of_two(), "inherit": False}))
    more.write_text("seeds: 3\n")
    ours = read(CONFIG, path, more)
    assert list(ours.experiments) == ["a", "b"]
    assert ours.seeds == 3
    assert ours.resolved()["inherit"] is False
    again = tmp_path / "again.yaml"  # as written beside the results
    again.write_text(yaml.safe_dump(ours.resolved()))
    assert list(read(CONFIG, again).experiments) == ["a", "b"]


def test_what_is_inherited_is_not_lost_by_being_given_twice() -> None:
    """Snakemake lays the configuration over the default one itself."""
    default, given = {"a": {"b": 1, "c": {"d": 2}}}, {"a": {"c": {"e": 3}, "b": None}}
    merged = {"a": {"b": None, "c": {"d": 2, "e": 3}}}
    assert over(default, given) == merged
    assert over(merged, given) == merged
    assert default == {"a": {"b": 1, "c": {"d": 2}}}


def test_what_says_nothing_about_inheriting_is_written_as_before() -> None:
    resolved = read(CONFIG).resolved()
    assert not {"inherit", "figures"} & resolved.keys()
    assert load({**study_of_two(), "figures": ["f"]}).resolved()["figures"] == ["f"]


def test_a_file_is_laid_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: v2\nexperiments: {full_echo: {epochs: 7}}\n")
    ours = read(CONFIG, path)
    assert ours.version == "v2"
    assert ours.experiments["full_echo"].epochs == 7
    assert ours.experiments["full_echo"].cells == 20
    assert list(ours.experiments) == list(read(CONFIG).experiments)


def missing(path: Path) -> str:
    return "no such file or directory"


def a_folder(path: Path) -> str:
    path.mkdir()
    return "is a directory"


def not_utf8(path: Path) -> str:
    path.write_bytes("version: café".encode("latin-1"))
    return "not UTF-8"


@pytest.mark.parametrize("make", [missing, a_folder, not_utf8])
def test_a_file_that_cannot_be_read(tmp_path: Path, make: Callable[[Path], str]) -> None:
    path = tmp_path / "study.yaml"
    reason = make(path)
    with pytest.raises(EchoseqError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: expected a configuration file, cannot read it ({reason})"
