"""Workspaces for the tests of the workflow: copies of the project, run by their own Snakemake."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from forked import run_snakemake

from echoseq.files import write_json
from echoseq.provenance.manifest import Manifest, build_manifest, read_manifest

PROJECT = Path(__file__).parents[1]
PARTS = ("Snakefile", "requirements.lock", "workflow", "config", "profiles", "src", "paper")


def random_generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@dataclass(frozen=True)
class Workspace:
    """A copy of the project in a folder of its own."""

    folder: Path

    def snakemake(
        self, *options: str, targets: Sequence[str] = (), cores: int = 2, preloaded: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake on the copy's own code, with the smoke study."""
        arguments = smoke_arguments(*options, targets=targets, cores=cores)
        return self.run_snakemake(*arguments, preloaded=preloaded)

    def run_snakemake(
        self, *arguments: str, preloaded: bool = True, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake on the copy's own code, with nothing but these arguments."""
        environment = self.environment() | variables
        return run_snakemake(arguments, self.folder, environment, preloaded=preloaded)

    def start(self, *targets: str, cores: int = 1) -> subprocess.Popen[bytes]:
        """Start Snakemake in a process group of its own, and leave it running."""
        with (self.folder / "output.txt").open("w") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "snakemake", *smoke_arguments(targets=targets, cores=cores)],
                cwd=self.folder,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(self.folder / "src")}

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment() | variables,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def results(self) -> Path:
        return self.folder / "results" / "smoke"

    def configure(self, **keys: Any) -> None:
        """Lay more configuration over the smoke study."""
        path = self.folder / "config" / "extra.yaml"
        path.write_text(yaml.safe_dump(keys), encoding="utf-8")

    def copy_to(self, folder: Path) -> "Workspace":
        shutil.copytree(self.folder, folder)  # keeps the times of the files
        return Workspace(folder)


def smoke_arguments(*options: str, targets: Sequence[str], cores: int) -> list[str]:
    return [
        *("--cores", str(cores)),
        *("--configfile", "config/smoke.yaml", "config/extra.yaml"),
        *options,
        "--",
        *targets,
    ]


def new_workspace(folder: Path) -> Workspace:
    folder.mkdir()
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part)  # with the bytecode, which goes by the times
        else:
            shutil.copy2(source, folder / part)
    workspace = Workspace(folder)
    workspace.configure()
    return workspace


def digests(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of every file that must be the same bits, whatever happened on the way."""
    results = workspace.results()
    chosen = [
        *results.glob("data/**/*.npz"),
        *results.glob("runs/**/history.csv"),
        *results.glob("runs/**/run.json"),
        *results.glob("runs/**/predictions.npz"),
        *results.glob("tables/**/*.csv"),
        *results.glob("figures/*"),
    ]
    return {
        path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in chosen
        if not path.name.startswith(".")  # notes of digests
    }


def describe_again(
    folder: Path, paths: Sequence[str] | None = None, **changes: dict[str, object]
) -> Manifest:
    """Write the manifest of a version anew, as the files lie there now, with other facts."""
    old = read_manifest(folder)
    keys = ("configuration", "code", "lock_digest", "environment", "bits_promised")
    facts = {key: old[key] for key in keys}
    facts |= {key: facts[key] | change for key, change in changes.items()}
    manifest = build_manifest(folder, paths=paths, **facts)
    write_json(folder / "manifest.json", manifest)
    return manifest


def new_version(folder: Path, name: str) -> Path:
    """A copy of a version under another name."""
    copy = Path(shutil.copytree(folder, folder.with_name(name)))
    describe_again(copy, configuration={"version": name})
    return copy
