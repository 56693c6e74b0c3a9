"""Published versions: whole, small, and never changed."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from workspaces import PROJECT, Workspace, describe_again, new_version

import echoseq
from echoseq.cli import main
from echoseq.errors import DamagedError, EchoseqError
from echoseq.files import temporary_name, write_json
from echoseq.provenance import publishing
from echoseq.provenance.jobs import Job
from echoseq.provenance.manifest import describe_files, read_manifest, seal
from echoseq.provenance.publishing import publish, to_publish
from echoseq.provenance.records import read_records

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path) -> Path:
    return Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))


def publish_here(results: Path, *sources: Path) -> str:
    target = results.parent / "published" / results.name
    target.parent.mkdir(exist_ok=True)
    job = Job("summarize", [], [f"{results}/tables/seeds.csv"], MOMENT, MOMENT, {})
    workflow = PROJECT / "Snakefile"
    return publish(results, target, workflow=workflow, jobs=[job], sources=sources)


def state(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_published_version_has_the_results_and_can_be_checked(results: Path) -> None:
    assert "published, " in publish_here(results)
    target = results.parent / "published/smoke"
    files = set(state(target))
    assert {"Snakefile", "manifest.json", "ro-crate-metadata.json", "config.yaml"} <= files
    assert {"tables/seeds.csv", "tables/echoes.csv", "figures/echoes.svg", "runs.json.gz"} <= files
    assert not any(path.endswith((".keras", ".npz", ".png", "echoes.pdf")) for path in files)
    assert not any(path.startswith("runs/") for path in files)
    assert main(["check", str(target)]) == 0
    assert read_manifest(target)["digest"] == read_manifest(results)["digest"]
    assert list(target.parent.iterdir()) == [target]


def test_the_records_of_the_runs_are_kept_in_one_file(results: Path) -> None:
    publish_here(results)
    records = read_records(results.parent / "published/smoke")
    assert len(records) == 4
    for (name, seed), record in records.items():
        path = results / f"runs/{name}/seed-{seed}/run.json"
        assert json.loads(path.read_text()) == record


def test_runs_of_an_earlier_configuration_are_left_out(results: Path) -> None:
    """They are in no table, and could not be verified."""
    shutil.copytree(results / "runs/full_echo", results / "runs/old_echo")
    shutil.copytree(results / "runs/full_echo/seed-0", results / "runs/full_echo/seed-12")
    describe_again(results)
    assert "records of 4 runs (3 that its configuration does not have" in publish_here(results)
    names = {run[0] for run in read_records(results.parent / "published/smoke")}
    assert names == {"full_echo", "partial_echo"}


def test_copies_of_runs_are_not_counted_as_runs(results: Path) -> None:
    copied = results / "runs/twin"
    shutil.copytree(results / "runs/full_echo", copied)
    path = results / "config.yaml"
    config = yaml.safe_load(path.read_text())
    config["experiments"]["twin"] = config["experiments"]["full_echo"]
    path.write_text(yaml.safe_dump(config))
    describe_again(results, configuration=config)
    assert "and the records of 4 runs and 2 copies, " in publish_here(results)


def test_the_published_manifest_keeps_digests_that_are_nowhere_else(results: Path) -> None:
    whole = read_manifest(results)["files"]
    publish_here(results)
    manifest = read_manifest(results.parent / "published/smoke")
    for path in ("data/full/seed-0.npz", "runs/full_echo/predictions.npz", "tables/seeds.csv"):
        assert manifest["files"][path] == whole[path]
    left_out = {path for path in whole if path not in manifest["files"]}
    assert "runs/full_echo/seed-1/history.csv" in left_out  # its digest is in its record
    volatile = {path for path, entry in whole.items() if entry["class"] == "volatile"}
    assert volatile <= left_out


def test_worst_echoes_are_published_of_the_study_only() -> None:
    paths = ["page.html", "tables/echoes.csv"]
    others = ["tables/extensions/echoes.csv", "report.zip", "figures/task.png"]
    seeds = "tables/extensions/seeds.csv"
    assert to_publish({"files": dict.fromkeys([*paths, *others, seeds])}) == [*paths, seeds]


def test_tables_of_the_extensions_and_records_are_compressed_and_read_as_before(
    results: Path,
) -> None:
    table = "tables/extensions/seeds.csv"
    (results / "tables/extensions").mkdir()
    shutil.copy(results / "tables/seeds.csv", results / table)
    describe_again(results)
    whole = read_manifest(results)
    publish_here(results)
    target = results.parent / "published/smoke"
    assert not (target / table).exists()
    packed = read_manifest(target)["published"][f"{table}.gz"]
    assert packed["bytes"] < whole["files"][table]["bytes"] / 2
    assert packed["class"] == whole["files"][table]["class"]
    assert gzip.decompress((target / f"{table}.gz").read_bytes()) == (results / table).read_bytes()
    assert echoseq.results(target).table("seeds").equals(echoseq.results(results).table("seeds"))
    assert read_records(target) == read_records(results)
    assert main(["check", str(target)]) == 0
    assert main(["compare", str(results), str(target)]) == 0
    # What another release of the library compresses to other bytes has the same content.
    (target / f"{table}.gz").write_bytes(gzip.compress((results / table).read_bytes(), 1))
    assert main(["check", str(target)]) == 1
    manifest = read_manifest(target)
    manifest["published"] |= describe_files(target, [f"{table}.gz"], bits_promised=True)
    write_json(target / "manifest.json", seal(manifest))
    assert "same content" in publish_here(results)
    (target / f"{table}.gz").write_bytes(b"not compressed")
    with pytest.raises(DamagedError, match=r"seeds\.csv\.gz"):
        echoseq.results(target).table("seeds")


def test_code_of_ones_own_is_published(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    sources = [Path("my_models.py"), Path("mine/figure.py")]
    for source in sources:
        source.write_text("# my own\n")
    publish_here(results, *sources)
    target = results.parent / "published/smoke"
    assert (target / "source/mine/figure.py").read_text() == "# my own\n"
    assert read_manifest(target)["published"]["source/my_models.py"]["class"] == "exact"
    graph = json.loads((target / "ro-crate-metadata.json").read_text())["@graph"]
    assert {"source/my_models.py", "source/mine/figure.py"} <= {e["@id"] for e in graph}
    assert "same content" in publish_here(results, *sources)
    sources[0].write_text("# another\n")
    with pytest.raises(EchoseqError, match=r"other content \(source/my_models\.py\)"):
        publish_here(results, *sources)


def test_other_runs_need_another_name(results: Path) -> None:
    """The same tables are no proof of the same runs."""
    publish_here(results)
    path = results / "runs/full_echo/seed-1/run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"digest": "f" * 64}))
    describe_again(results)
    with pytest.raises(EchoseqError, match=r"other content \(runs\.json\)"):
        publish_here(results)


def test_the_same_content_again_changes_nothing(results: Path) -> None:
    publish_here(results)
    before = state(results.parent / "published")
    (results / "environment.json").write_text("{}")  # another machine
    describe_again(results)
    assert "same content" in publish_here(results)
    assert state(results.parent / "published") == before


@pytest.mark.parametrize("change", ["another value", "another table", "a table less"])
def test_other_content_needs_another_name(results: Path, change: str) -> None:
    publish_here(results)
    before = state(results.parent / "published")
    table = results / "tables/summary.csv"
    if change == "another value":
        table.write_text(table.read_text().replace("0", "1", 1))
    elif change == "another table":
        table = Path(shutil.copy(table, results / "tables/more.csv"))
    else:
        table.unlink()
    describe_again(results)
    with pytest.raises(EchoseqError, match=rf"other content \(tables/{table.name}\)"):
        publish_here(results)
    assert state(results.parent / "published") == before


@pytest.mark.parametrize("path", ["tables/seeds.csv", "runs/full_echo/seed-0/model.keras"])
def test_a_damaged_version_is_not_published(results: Path, path: str) -> None:
    (results / path).write_bytes(b"")
    with pytest.raises(EchoseqError, match=f"changed: {path}"):
        publish_here(results)
    assert state(results.parent / "published") == {}


def test_damage_to_a_published_version_is_reported(results: Path) -> None:
    publish_here(results)
    (results.parent / "published/smoke/tables/seeds.csv").unlink()
    with pytest.raises(EchoseqError, match=r"published/smoke: .*missing: tables/seeds\.csv"):
        publish_here(results)


def test_nothing_is_published_when_it_is_too_large(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "LIMIT", 100_000)
    with pytest.raises(EchoseqError, match="nothing was published"):
        publish_here(results)
    assert list((results.parent / "published").iterdir()) == []


def test_nothing_is_published_when_it_stops_halfway(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write_text", stop)
        with pytest.raises(OSError, match="No space"):
            publish_here(results)
    published = results.parent / "published"
    assert list(published.iterdir()) == []
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = temporary_name("other").replace(f".{os.getpid()}.", f".{gone.pid}.")
    for name in (left, ".smoke.part"):  # as kills leave them, now and in earlier releases
        (published / name / "tables").mkdir(parents=True)
    publish_here(results)
    assert [path.name for path in published.iterdir()] == ["smoke"]


PUBLISHING = """
import sys
from pathlib import Path
from echoseq.provenance import publishing

rename = Path.rename
def wait_and_rename(*arguments):
    print("ready", flush=True)
    sys.stdin.readline()
    return rename(*arguments)

Path.rename = wait_and_rename
results, target, snakefile = map(Path, sys.argv[1:])
try:
    print(publishing.publish(results, target, workflow=snakefile, jobs=[]))
except publishing.EchoseqError as error:
    print(error)
"""


def test_of_publications_at_once_one_succeeds(results: Path, tmp_path: Path) -> None:
    """All are written before the first is put into its place."""
    other = Path(shutil.copytree(results, tmp_path / "other/smoke"))
    (other / "tables/summary.csv").write_text("")
    describe_again(other)
    target = tmp_path / "published/smoke"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PUBLISHING, version, target, PROJECT / "Snakefile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for version in (results, results, other)
    ]
    assert [process.stdout.readline() for process in processes if process.stdout] == ["ready\n"] * 3
    assert len(list(target.parent.iterdir())) == 3
    first, same, refused = (process.communicate("\n", timeout=100)[0] for process in processes)
    assert first.startswith(f"{target}: published, ")
    assert same == f"{target}: already published, with the same content\n"
    assert refused.startswith(f"{target}: already published with other content (tables/summary")
    assert list(target.parent.iterdir()) == [target]
    assert main(["check", str(target)]) == 0
    assert (target / "tables/summary.csv").read_bytes()


def test_copies_of_runs_are_not_published(results: Path) -> None:
    before = read_records(results)
    for name in ("seed-0.bak", "seed-0 (copy)", "seed-00"):
        copy = shutil.copytree(results / "runs/full_echo/seed-1", results / "runs/full_echo" / name)
        (copy / "run.json").write_text("{}")
    assert "records of 4 runs, " in publish_here(results)
    assert read_records(results.parent / "published/smoke") == before


def test_linked_runs_are_published(results: Path, tmp_path: Path) -> None:
    before = read_records(results)
    (results / "runs").rename(tmp_path / "disk")
    (results / "runs").symlink_to(tmp_path / "disk")
    (results / "tables").rename(tmp_path / "tables")
    (results / "tables").symlink_to(tmp_path / "tables")
    describe_again(results)
    publish_here(results)
    assert read_records(results.parent / "published/smoke") == before
    assert (results.parent / "published/smoke/tables/seeds.csv").is_file()


def test_a_run_in_the_place_of_another_is_not_published(results: Path) -> None:
    shutil.rmtree(results / "runs/full_echo/seed-0")
    shutil.copytree(results / "runs/partial_echo/seed-0", results / "runs/full_echo/seed-0")
    describe_again(results)
    with pytest.raises(EchoseqError, match="expected the record of full_echo, seed 0, got that of"):
        publish_here(results)
    assert state(results.parent / "published") == {}


def test_a_link_that_leads_nowhere_is_in_the_way(results: Path) -> None:
    (results.parent / "published").mkdir()
    (results.parent / "published/smoke").symlink_to("nowhere")
    with pytest.raises(EchoseqError, match="expected no file, found a link that leads nowhere"):
        publish_here(results)


def test_a_version_with_another_name_is_published_separately(results: Path) -> None:
    publish_here(results)
    publish_here(new_version(results, "other"))
    names = sorted(path.name for path in (results.parent / "published").iterdir())
    assert names == ["other", "smoke"]
