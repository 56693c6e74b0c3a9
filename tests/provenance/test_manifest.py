"""The manifest of a version, and the check that finds what was changed since."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from workspaces import PROJECT, Workspace, describe_again

from echoseq.cli import main
from echoseq.errors import EchoseqError
from echoseq.files import file_digest, write_json
from echoseq.provenance.environment import code_state, promises_bits
from echoseq.provenance.manifest import files_of, list_files, read_manifest, seal, study_of
from echoseq.study.reading import read


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path) -> Path:
    """A copy of the results of the smoke study, without the project around it."""
    return Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "flip": flip,
    "truncate": truncate,
    "empty": lambda path: path.write_bytes(b""),
}


def test_a_study_is_as_its_manifest_says(
    smoke_study: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(smoke_study.results())]) == 0
    assert "files match manifest.json" in capsys.readouterr().out


def test_the_manifest_lists_every_file_as_it_is(smoke_study: Workspace) -> None:
    results = smoke_study.results()
    files = read_manifest(results)["files"]
    there = {p.relative_to(results).as_posix() for p in results.rglob("*") if p.is_file()}
    visible = {path for path in there if "/." not in path and not path.endswith(".sha256")}
    # The log of the rule that writes the manifest is written after it.
    assert files.keys() - {"logs/manifest.log"} == visible - {"manifest.json", "logs/manifest.log"}
    assert files["tables/seeds.csv"] == {
        "bytes": (results / "tables/seeds.csv").stat().st_size,
        "sha256": file_digest(results / "tables/seeds.csv"),
        "class": "exact",
    }


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "path", ["tables/seeds.csv", "runs/full_echo/seed-1/model.keras", "environment.json"]
)
def test_check_names_a_changed_file(
    results: Path, damage: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    DAMAGES[damage](results / path)
    assert main(["check", str(results)]) == 1
    assert capsys.readouterr().out == f"changed: {path}\n"


def test_check_names_missing_and_added_files(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / "figures/echoes.pdf").rename(results / "figures/echo.pdf")
    (results / "logs/describe.log").write_text("run again")  # logs may change
    (results / "logs/new.log").write_text("and grow")
    assert main(["check", str(results)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["added: figures/echo.pdf", "missing: figures/echoes.pdf"]


def test_what_an_earlier_configuration_left_does_not_belong_to_the_version(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = read(results / "config.yaml")
    assert files_of(results, study) == list_files(results)
    left = [
        *("data/full/seed-2.npz", "data/gone/evaluation.npz"),
        *("runs/full_echo/seed-10/model.keras", "runs/full_echo/seed-2/run.json"),
        *("runs/gone_echo/listing.txt", "runs/gone_echo/seed-0/run.json"),
    ]
    for path in left:
        (results / path).parent.mkdir(parents=True, exist_ok=True)
        (results / path).touch()
    assert set(list_files(results)) - set(files_of(results, study)) == set(left)
    manifest = describe_again(results, paths=files_of(results, study))
    assert not set(left) & manifest["files"].keys()
    assert main(["check", str(results)]) == 1
    assert capsys.readouterr().out.splitlines() == [f"added: {path}" for path in sorted(left)]


STRAYS = {
    "runs/full_echo/seed-0.bak": "not a run",
    "runs/full_echo/seed-0 (copy)": "not a run",
    "runs/full_echo/seed-01": "not a run",
    "runs/full_echo/seed-1/seed-0": "not a run",
    "runs/full_echo.bak/seed-0": "not a run",
    "data/full/seed-0 (copy).npz": "not a snapshot",
    "data/full/seed-0.npz.bak": "not a snapshot",
}


def test_copies_of_runs_are_named_and_do_not_belong_to_the_version(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list_files(results)
    for path in STRAYS:
        original = "data/full/seed-0.npz" if "data" in path else "runs/full_echo/seed-0"
        copy = shutil.copy if "data" in path else shutil.copytree
        (results / path).parent.mkdir(exist_ok=True)
        copy(results / original, results / path)
    said = [f"{kind}: {path.removesuffix('.bak/seed-0')}" for path, kind in STRAYS.items()]
    said[said.index("not a run: runs/full_echo")] += ".bak"
    listed = read_manifest(results)["files"].keys()
    for _ in range(2):  # with the manifest of before, and with a new one
        assert list_files(results) == before
        assert main(["check", str(results)]) == 1
        assert sorted(capsys.readouterr().out.splitlines()) == sorted(said)
        assert describe_again(results)["files"].keys() == listed | {"logs/manifest.log"}


def test_a_copy_that_an_earlier_manifest_lists_is_named_too(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(results / "runs/full_echo/seed-0", results / "runs/full_echo/seed-0.bak")
    paths = [path.relative_to(results).as_posix() for path in copy.iterdir()]
    describe_again(results, paths=[*list_files(results), *paths])
    assert main(["check", str(results)]) == 1
    assert capsys.readouterr().out == "not a run: runs/full_echo/seed-0.bak\n"


@pytest.mark.parametrize("folder", ["runs", "runs/full_echo", "tables", "data/full"])
def test_linked_folders_are_part_of_a_version(
    results: Path, tmp_path: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / folder).rename(tmp_path / "disk")
    (results / folder).symlink_to(tmp_path / "disk")
    (results / "runs/loop").symlink_to("..")
    before = read_manifest(results)["files"]
    assert main(["check", str(results)]) == 0
    assert describe_again(results)["files"].keys() == before.keys()
    name = next(path for path in before if path.startswith(f"{folder}/"))
    (results / name).write_bytes(b"")
    capsys.readouterr()
    assert main(["check", str(results)]) == 1
    assert capsys.readouterr().out == f"changed: {name}\n"


def test_check_names_links_that_lead_nowhere(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (results / "figures").rename(tmp_path / "disk")
    (results / "figures").symlink_to(tmp_path / "unmounted")
    (results / "self").symlink_to("self")
    assert main(["check", str(results)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if not line.startswith("missing: figures/")] == [
        "broken link: figures",
        "broken link: self",
    ]
    assert "missing: figures/echoes.svg" in said


def test_a_manifest_that_is_missing_or_damaged_cannot_be_checked(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = results / "manifest.json"
    content = json.loads(path.read_text())
    content["environment"]["cpu"] += "!"
    changed = json.dumps(content)
    for text in (changed, path.read_text()[:-10], "", "[]", "{}"):
        path.write_text(text)
        assert main(["check", str(results)]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"echoseq: {path}: ")
        assert error.count("\n") == 1
    path.unlink()
    assert main(["check", str(results)]) == 2
    assert "found none" in capsys.readouterr().err


def test_the_digest_covers_only_the_exact_files(results: Path) -> None:
    before = read_manifest(results)["digest"]
    flip(results / "runs/full_echo/seed-1/model.keras")
    (results / "logs/describe.log").write_text("another time")
    assert describe_again(results)["digest"] == before
    flip(results / "runs/full_echo/seed-1/run.json")
    assert describe_again(results)["digest"] != before


def test_bits_are_promised_by_processor_and_variables(smoke_study: Workspace) -> None:
    here = read_manifest(smoke_study.results())["environment"]
    good = here | {"machine": "x86_64", "instruction_sets": ["avx2", "fma"]}
    assert promises_bits(good)
    assert not promises_bits(good | {"machine": "aarch64"})
    assert not promises_bits(good | {"instruction_sets": ["avx", "sse4_2"]})
    assert not promises_bits(good | {"variables": here["variables"] | {"XLA_FLAGS": "x"}})


def test_the_commit_and_whether_the_tree_is_clean(tmp_path: Path) -> None:
    assert code_state(tmp_path) == {"commit": None, "clean": None}

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet")
    (tmp_path / "a").write_text("a")
    git("add", "a")
    git("commit", "--quiet", "-m", "a")
    commit = git("rev-parse", "HEAD")
    (tmp_path / "results/published").mkdir(parents=True)
    (tmp_path / "results/published/b").write_text("b")
    assert code_state(tmp_path) == {"commit": commit, "clean": True}
    (tmp_path / "a").write_text("b")
    assert code_state(tmp_path) == {"commit": commit, "clean": False}
    git("checkout", "--quiet", "a")
    assert code_state(tmp_path)["clean"]
    git("rm", "--quiet", "--cached", "a")
    assert not code_state(tmp_path)["clean"]
    git("reset", "--quiet")
    for name in ("notes.txt", "mine.py", "mine.yaml", "ignored.py", "src/other.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".git/info/exclude").write_text("ignored.py\n")
    assert code_state(tmp_path, [tmp_path / "a", "/elsewhere/mine.py"])["clean"]
    for name in ("mine.py", "mine.yaml", "ignored.py"):
        assert not code_state(tmp_path, [tmp_path / "a", tmp_path / name])["clean"]
    (tmp_path / "src/echoseq/tables").mkdir(parents=True)
    (tmp_path / "src/echoseq/tables/mine.py").touch()
    assert not code_state(tmp_path)["clean"]
    (tmp_path / "src/echoseq/tables/mine.py").unlink()
    (tmp_path / "inside").mkdir()
    assert code_state(tmp_path / "inside") == {"commit": None, "clean": None}


def test_a_seal_covers_everything(results: Path) -> None:
    manifest = read_manifest(results)
    assert seal(manifest) == manifest
    write_json(results / "manifest.json", manifest | {"version": "other"})
    with pytest.raises(EchoseqError, match="damaged"):
        read_manifest(results)


def test_a_configuration_with_several_mistakes_is_refused_in_one_line() -> None:
    manifest = read_manifest(PROJECT / "results/published/v2")
    tasks = manifest["configuration"]["tasks"]
    tasks["full"]["length"], tasks["partial"]["alphabet"] = None, [None]
    with pytest.raises(EchoseqError) as caught:
        study_of(Path("v2"), manifest)
    assert str(caught.value) == (
        "v2/manifest.json: configuration: tasks.full.length: expected a whole number, got nothing"
    )
