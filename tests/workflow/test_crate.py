"""Published, verified and described: the study through the workflow, to its provenance."""

import io
import json
import os
import socket
from pathlib import Path

import pytest
from requests.adapters import HTTPAdapter
from requests.models import PreparedRequest, Response
from requests_cache import CachedSession
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate
from urllib3 import HTTPResponse
from workspaces import PROJECT, Workspace

from echoseq.code import code_digest
from echoseq.study.architectures import model_file

CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": "ro-crate-1.1.jsonld",
    "https://w3id.org/ro/terms/workflow-run/context": "workflow-run.jsonld",
}
FULL_ECHO = "train_0_to_1: runs/full_echo/seed-0/history.csv"
PROFILES = ["workflow-run-crate-0.5", "provenance-run-crate-0.5"]


@pytest.fixture(scope="module")
def published(smoke_study: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The smoke study, published by its rule."""
    workspace = smoke_study.copy_to(tmp_path_factory.mktemp("published") / "workspace")
    done = workspace.snakemake(targets=["publish"])
    assert done.returncode == 0, done.stderr
    assert "results/published/smoke: published, " in done.stdout
    return workspace


@pytest.fixture(scope="module")
def crate(published: Workspace) -> Path:
    return published.folder / "results/published/smoke"


class Contexts(HTTPAdapter):
    """Answers with files of a folder, to fill the validator's cache without a network."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        body = (self.folder / CONTEXTS[str(request.url)]).read_bytes()
        raw = HTTPResponse(
            io.BytesIO(body),
            headers={"Content-Type": "application/ld+json"},
            status=200,
            preload_content=False,
        )
        return self.build_response(request, raw)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Settings by which the validator finds the JSON-LD contexts, stored or from the network."""
    path = tmp_path_factory.mktemp("cache") / "http"
    stored = os.environ.get("ROCRATE_CONTEXTS")
    if stored is None:
        try:
            socket.create_connection(("w3id.org", 443), timeout=5).close()
        except OSError:
            pytest.skip("no contexts: ROCRATE_CONTEXTS is not set, and w3id.org is out of reach")
        return {"cache_path": path}
    with CachedSession(str(path), backend="sqlite", expire_after=-1) as session:
        session.mount("https://", Contexts(Path(stored)))
        for url in CONTEXTS:
            assert session.get(url).ok
    return {"cache_path": path, "offline": True}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_crate_passes_its_profiles(crate: Path, cache: dict[str, object], profile: str) -> None:
    settings = ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier=profile,
        requirement_severity=Severity.REQUIRED,
        **cache,
    )
    result = validate(settings)
    assert [issue.message for issue in result.get_issues()] == []
    assert result.passed()


def test_the_crate_tells_of_every_job_and_file(crate: Path, published: Workspace) -> None:
    graph = json.loads((crate / "ro-crate-metadata.json").read_text())["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    manifest = json.loads((published.results() / "manifest.json").read_text())
    for path, entry in manifest["files"].items():
        assert (path in entities) == (crate / path).is_file()
        if path in entities:
            assert entities[path]["sha256"] == entry["sha256"]
    jobs = [entity for entity in graph if entity["@id"].startswith("#job/")]
    (training,) = [job for job in jobs if job["name"] == FULL_ECHO]
    assert training["instrument"] == {"@id": "#rule/train_0_to_1"}
    assert training["startTime"] < training["endTime"]

    def named(key: str) -> list[str]:
        found = training[key]
        return [entities[e["@id"]]["name"] for e in (found if isinstance(found, list) else [found])]

    assert named("object") == ["data/full: seed-0.npz, seed-1.npz"]
    assert named("result") == [
        "runs/full_echo/seed-0, runs/full_echo/seed-1: "
        "history.csv, model.keras, run.json, timing.json"
    ]
    rules = [job["instrument"]["@id"].removeprefix("#rule/") for job in jobs]
    assert rules.count("train_0_to_1") == 2
    assert rules.count("evaluate_experiment") == 2
    assert {
        "snapshot_0_to_1",
        "held_out",
        "describe",
        "list_experiments",
        "summarize",
        "learning",
        "echoes",
    } <= set(rules)
    assert parts(entities, "train_0_to_1") == {code_of("full_echo"), code_of("partial_echo")}


def code_of(experiment: str) -> str:
    model = {"full_echo": "lstm", "partial_echo": "encoder_decoder"}[experiment]
    return code_digest([PROJECT / "workflow/scripts/train.py", model_file(model)])


def parts(entities: dict[str, dict], rule: str) -> set[str]:
    """The versions of the code of a rule, and of files that are in no version."""
    found = entities[f"#rule/{rule}"]["hasPart"]
    sources = [entities[part["@id"]] for part in (found if isinstance(found, list) else [found])]
    assert {source["@type"] for source in sources} == {"SoftwareSourceCode"}
    return {source.get("version", source["name"]) for source in sources}


def test_publishing_again_changes_nothing(published: Workspace, crate: Path) -> None:
    before = (crate / "ro-crate-metadata.json").read_bytes()
    done = published.snakemake(targets=["publish"])
    assert done.returncode == 0, done.stderr
    assert "same content" in done.stdout
    assert (crate / "ro-crate-metadata.json").read_bytes() == before


def test_verify_trains_again_and_finds_the_same(published: Workspace) -> None:
    """On one core; the study ran on two."""
    study = {p: p.stat().st_mtime_ns for p in published.results().rglob("*") if p.is_file()}
    done = published.snakemake(targets=["verify"], cores=1)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 runs trained again (sample: the study" in done.stdout
    assert "identical bits" in done.stdout
    assert {p: p.stat().st_mtime_ns for p in study} == study
    left = published.folder.glob("results/verify/smoke/runs/**/*.*")
    assert list(left) == []  # the next verification trains anew


def test_verify_says_in_one_line_why_it_cannot(smoke_copy: Workspace) -> None:
    done = smoke_copy.snakemake(targets=["verify"])
    assert done.returncode != 0
    said = {line for line in done.stderr.splitlines() if line.startswith("echoseq: ")}
    assert said == {
        "echoseq: results/published/smoke/manifest.json: expected the manifest of a version, "
        "found none"
    }
