"""The command that makes what is missing, and the version that is meant."""

from pathlib import Path

import pytest
import yaml
from configurations import study_of_two
from workspaces import PROJECT

from echoseq.errors import EchoseqError
from echoseq.files import write_text
from echoseq.study.reading import load, read
from echoseq.watching.choosing import folder_of, study_of
from echoseq.watching.making import in_folder, made_by, snakemake_command, unlock_command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a version."""
    (tmp_path / "results/mine").mkdir(parents=True)
    (tmp_path / ".snakemake/log").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(home: Path, options: str) -> None:
    text = f"  Command: /x/bin/snakemake {options}\n    output: results/mine/config.yaml\n"
    (home / ".snakemake/log/1.snakemake.log").write_text(text)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ("--cores 2", ""),
        ("--cores 2 paper --configfile a.yaml b.yaml", " --configfile a.yaml b.yaml"),
        ("--configfiles a.yaml -c4 -- extensions", " --configfile a.yaml"),
        ("-s ../Snakefile -C seeds=3 version=mine", " --snakefile ../Snakefile --config seeds=3 "
         "version=mine"),
        ("--configfile=a.yaml --keep-going", " --configfile a.yaml"),
        ("--configfile --cores 2", ""),
        ("--config ask=[longer, state] verify={share: all} seeds=3 -- verify",
         " --config 'ask=[longer, state]' 'verify={share: all}' seeds=3"),
    ],
)  # fmt: skip
def test_the_configuration_is_that_of_the_last_command(home: Path, options: str, kept: str) -> None:
    given(home, options)
    command = snakemake_command(Path("results/mine"), ["extensions"])
    assert command == f"snakemake --cores all extensions{kept}"


def test_without_a_command_it_is_the_default_one_or_the_versions_own(home: Path) -> None:
    folder = Path("results/mine")
    assert snakemake_command(folder, []) == "snakemake --cores all"
    default = read(PROJECT / "config/config.yaml").resolved()
    write_text(folder / "config.yaml", yaml.safe_dump(default))
    assert snakemake_command(folder, []) == "snakemake --cores all"
    write_text(folder / "config.yaml", yaml.safe_dump({**default, "seeds": 3}))
    assert snakemake_command(folder, []) == (
        "snakemake --cores all --configfile results/mine/config.yaml"
    )


def test_files_are_named_from_where_snakemake_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(home, "--configfile a.yaml")
    assert made_by(Path("results/mine"), "runs/a/seed-0/run.json") == (
        "`snakemake --cores all results/mine/runs/a/seed-0/run.json --configfile a.yaml`"
    )
    monkeypatch.chdir(home / "results")
    assert made_by(Path("mine"), "extensions") == (
        f"`cd {home} && snakemake --cores all extensions --configfile a.yaml`"
    )
    monkeypatch.chdir(home.parent)
    assert made_by(home / "results/mine", "paper").startswith(f"`cd {home.name} && snakemake ")


def test_options_are_understood_where_the_command_was_given(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = {**study_of_two(), "version": "mine", "inherit": False}
    write_text(home / "above/my.yaml", yaml.safe_dump(facts))
    given(home, f"--configfile my.yaml -d ..\n  Run directory: {home / 'above'}")
    assert made_by(Path("results/mine"), "paper") == (
        "`cd above && snakemake --cores all paper --directory .. --configfile my.yaml`"
    )
    assert [*study_of(Path("results/mine"), None).experiments] == ["a", "b"]
    monkeypatch.chdir(home / "above")
    unlock = "snakemake --unlock --directory .. --configfile my.yaml"
    assert in_folder(home / "results/mine", unlock_command(home / "results/mine")) == unlock


def test_a_version_is_meant_by_its_name_or_its_folder(home: Path) -> None:
    folder = Path("results/mine")
    write_text(home / "elsewhere/config.yaml", "")
    write_text(home / "results/published/old/config.yaml", "")
    for text in ("mine", "results/mine", str(home / "results/mine")):
        assert folder_of(text, None).absolute() == folder.absolute()
    assert folder_of("elsewhere", None) == Path("elsewhere")
    assert folder_of("old", None) == Path("results/published/old")


def test_without_a_name_it_is_that_of_the_configuration(home: Path) -> None:
    write_text(home / "my.yaml", yaml.safe_dump({"version": "new"}))
    default = read(PROJECT / "config/config.yaml").version
    assert folder_of(None, None) == Path("results") / default
    assert folder_of(default, None) == Path("results") / default
    assert folder_of(None, [Path("my.yaml")]) == Path("results/new")
    assert folder_of("results/new", [Path("my.yaml")]) == Path("results/new")


@pytest.mark.parametrize("text", ["mines", "results", ".", "results/published"])
def test_what_is_no_version_is_refused(home: Path, text: str) -> None:
    (home / "results/published").mkdir()
    with pytest.raises(EchoseqError, match="expected a version of the results or its folder"):
        folder_of(text, None)


def test_before_anything_is_made_the_study_is_that_of_the_command(home: Path) -> None:
    facts = {**study_of_two(), "version": "mine", "inherit": False}
    write_text(home / "my.yaml", yaml.safe_dump(facts))
    given(home, "--cores 2 --configfile my.yaml")
    assert [*study_of(Path("results/mine"), None).experiments] == ["a", "b"]
    write_text(home / "my.yaml", yaml.safe_dump({**facts, "version": "other"}))
    given(home, "--cores 2 --configfile my.yaml --config version=mine seeds=[4, 6]")
    assert study_of(Path("results/mine"), None).seeds_of("a") == [4, 6]


def test_the_study_is_the_one_that_was_used(home: Path) -> None:
    folder = Path("results/mine")
    with pytest.raises(EchoseqError, match=r"results/mine: found no config.yaml in it, and"):
        study_of(folder, None)
    facts = {**study_of_two(), "version": "mine"}
    write_text(home / "my.yaml", yaml.safe_dump({**facts, "inherit": False}))
    assert [*study_of(folder, [Path("my.yaml")]).experiments] == ["a", "b"]
    write_text(folder / "config.yaml", yaml.safe_dump(load(facts).resolved()))
    assert [*study_of(folder, None).experiments] == ["a", "b"]
    write_text(folder / "config.yaml", "seeds: {\n")
    with pytest.raises(EchoseqError, match=r"config\.yaml: expected YAML, found a mistake in"):
        study_of(folder, None)
    write_text(home / "my.yaml", yaml.safe_dump({**facts, "inherit": False, "version": "other"}))
    with pytest.raises(EchoseqError, match="results/mine: the configuration is that of version ot"):
        study_of(folder, [Path("my.yaml")])
