"""The provenance of a version as an RO-Crate: what ran, with which inputs and outputs.

It follows Workflow Run Crate and Provenance Run Crate 0.5 on RO-Crate 1.1,
https://www.researchobject.org/workflow-run-crate.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from rocrate.model import ContextEntity, File
from rocrate.rocrate import ROCrate

from echoseq.layout import CONFIG, WORKFLOW
from echoseq.provenance.jobs import Job
from echoseq.provenance.manifest import Entry, Manifest

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
CODE = {
    "name": "the code of a step",
    "description": (
        "A script and the modules of the package behind it. The version is a digest of what they "
        "do, without comments and docstrings."
    ),
    "programmingLanguage": "Python",
}
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
LICENSE = "https://spdx.org/licenses/MIT"
FORMATS = {
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
}


def crate_metadata(
    folder: Path,
    manifest: Manifest,
    jobs: Iterable[Job],
    published: Mapping[str, tuple[str, Entry]],
    *,
    others: Iterable[str],
    sources: Iterable[str] = (),
    at: datetime,
) -> dict[str, Any]:
    """The content of ro-crate-metadata.json.

    Published files are described one by one, the other outputs of a job together, by their names:
    there are thousands of them.

    Args:
        folder: of the version, as the paths of its files in `jobs` begin.
        manifest: of the version.
        jobs: with paths from the working directory, such as results/<version>/tables/seeds.csv.
        published: the version's files that are in the crate, by path: their paths there, and
            what a manifest says of them.
        others: further files of the version in the crate.
        sources: further files in the crate, of the user's own code.
        at: the time of publication.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    _describe_root(crate, manifest["version"], at)
    workflow = _add_workflow(crate, manifest)
    files = {path: _add_file(crate, *described) for path, described in published.items()}
    _add_others(crate, [*others, *sources])
    prefix = f"{folder.as_posix()}/"
    jobs = list(jobs)
    tools = _add_tools(crate, jobs, prefix)
    _add_jobs(crate, [_inside(job, prefix) for job in jobs], tools, files)
    workflow["hasPart"] = list(tools.values())
    results = [files[path] for path in sorted(published) if path in files]
    run = _add_run(crate, manifest, jobs)
    _set_action(run, workflow, [files[CONFIG]], results)
    return crate.metadata.generate()


def _add_others(crate: ROCrate, paths: Iterable[str]) -> None:
    """Files of which the manifest says nothing."""
    for path in paths:
        form = FORMATS[PurePosixPath(path).suffix]
        crate.add(File(crate, dest_path=path, properties={"encodingFormat": form}))


def _add_jobs(
    crate: ROCrate, jobs: Iterable[Job], tools: Mapping[str, Any], files: Mapping[str, Any]
) -> None:
    """Jobs that made something of the version, and what of that is not published."""
    inside = [job for job in jobs if job.outputs]
    described = dict(files)
    for number, job in enumerate(inside):
        described |= _add_unpublished(crate, number, job, files)
    for number, job in enumerate(inside):
        _add_job(crate, number, job, tools[job.rule], described)


def _add_run(crate: ROCrate, manifest: Manifest, jobs: Sequence[Job]) -> Any:
    """The whole run of the workflow: its times, and the variables of its environment."""
    run = _add(crate, "#run", "CreateAction", name=f"echoseq, version {manifest['version']}")
    starts, ends = ([job.start for job in jobs], [job.end for job in jobs])
    _set_times(run, min(starts, default=None), max(ends, default=None))
    run["environment"] = [
        _add(crate, f"#variable/{name}", "PropertyValue", name=name, value=value)
        for name, value in sorted(manifest["environment"]["variables"].items())
    ]
    crate.root_dataset["mentions"] = run
    return run


def _describe_root(crate: ROCrate, version: str, at: datetime) -> None:
    root = crate.root_dataset
    root["name"] = f"echoseq, results of version {version}"
    root["description"] = (
        "How recurrent networks echo random integers: tables, figures and records of runs, and "
        "the provenance of each. Files whose identifier begins with # were made but are not "
        "published; the digests of data and predictions are in manifest.json, those of histories "
        "and weights in runs.json.gz."
    )
    root["datePublished"] = at.isoformat(timespec="seconds")
    root["license"] = _add(crate, LICENSE, "CreativeWork", name="MIT License")
    root["conformsTo"] = [
        _add(crate, url, "CreativeWork", name=name, version=url.rsplit("/", 1)[1])
        for url, name in PROFILES.items()
    ]


def _add_workflow(crate: ROCrate, manifest: Manifest) -> Any:
    snakemake = manifest["environment"]["packages"].get("snakemake")
    workflow = crate.add_workflow(
        dest_path=WORKFLOW, main=True, lang="snakemake", lang_version=snakemake
    )
    workflow["name"] = "echoseq"
    workflow["license"] = {"@id": LICENSE}
    if manifest["code"]["commit"]:
        dirty = "" if manifest["code"]["clean"] else ", with changes"
        workflow["version"] = manifest["code"]["commit"] + dirty
    return workflow


def _add_file(crate: ROCrate, path: str, entry: Entry) -> Any:
    facts = {"sha256": entry["sha256"], "contentSize": str(entry["bytes"])}
    form = FORMATS.get(PurePosixPath(path).suffix)
    facts |= {"encodingFormat": form} if form else {}
    return crate.add(File(crate, dest_path=path, properties={"name": path, **facts}))


def _add_unpublished(
    crate: ROCrate, number: int, job: Job, published: Collection[str]
) -> dict[str, ContextEntity]:
    """One entity for what a job made that is not in the crate; it is returned for each path."""
    paths = [path for path in job.outputs if path not in published]
    if not paths:
        return {}
    group = _add(crate, f"#files/{number}", "CreativeWork", name="; ".join(_by_folder(paths)))
    return dict.fromkeys(paths, group)


def _by_folder(paths: Iterable[str]) -> Iterator[str]:
    """The paths in short: the folders that hold files of the same names, and these names."""
    names: dict[str, list[str]] = {}
    for path in map(PurePosixPath, paths):
        names.setdefault(path.parent.as_posix(), []).append(path.name)
    folders: dict[str, list[str]] = {}
    for folder, own in names.items():
        folders.setdefault(", ".join(own), []).append(folder)
    for shared, alike in folders.items():
        yield f"{', '.join(alike)}: {shared}"


def _inside(job: Job, prefix: str) -> Job:
    """A job with the version's files only, by their paths in its folder."""
    inputs, outputs = (
        [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
        for paths in (job.inputs, job.outputs)
    )
    return replace(job, inputs=inputs, outputs=outputs)


def _add_tools(crate: ROCrate, jobs: Iterable[Job], prefix: str) -> dict[str, ContextEntity]:
    """The tool of each rule, with the code that its jobs ran, and other files from outside."""
    parts: dict[str, dict[str, Any]] = {}
    for job in jobs:
        found = parts.setdefault(job.rule, {})
        if job.code:
            found[f"#{job.code}"] = {"version": job.code, **CODE}
        for path, digest in job.digests.items():
            if not path.startswith(prefix):
                found[f"#{path}"] = {"name": path, "sha256": digest}
    return {rule: _add_tool(crate, rule, own) for rule, own in parts.items()}


def _add_tool(crate: ROCrate, rule: str, parts: Mapping[str, dict[str, Any]]) -> ContextEntity:
    tool = _add(crate, f"#rule/{rule}", "SoftwareApplication", name=rule)
    if parts:
        tool["hasPart"] = [
            _add(crate, identifier, "SoftwareSourceCode", **facts)
            for identifier, facts in parts.items()
        ]
    return tool


def _add_job(
    crate: ROCrate, number: int, job: Job, tool: ContextEntity, described: dict[str, Any]
) -> None:
    inputs, outputs = (
        list(dict.fromkeys(described[path] for path in paths if path in described))
        for paths in (job.inputs, job.outputs)
    )
    name = f"{job.rule}: {job.outputs[0]}"
    action = _add(crate, f"#job/{number}", "CreateAction", name=name)
    _set_action(action, tool, inputs, outputs)
    _set_times(action, job.start, job.end)


def _set_action(
    action: ContextEntity, instrument: Any, inputs: list[Any], outputs: list[Any]
) -> None:
    action["instrument"] = instrument
    if inputs:
        action["object"] = inputs
    action["result"] = outputs


def _set_times(action: ContextEntity, start: datetime | None, end: datetime | None) -> None:
    for key, time in {"startTime": start, "endTime": end}.items():
        if time is not None:
            action[key] = time.isoformat(timespec="milliseconds")


def _add(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, identifier, {"@type": kind, **properties}))
