"""What is said when the workflow has ended."""

import shutil
from pathlib import Path

from workspaces import Workspace

from echoseq.documents.closing import closing


def test_the_headline_and_the_files_that_have_been_made(
    smoke_study: Workspace, tmp_path: Path
) -> None:
    results = Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))
    first, head, full, partial, *files = closing(results, "smoke").splitlines()
    assert first == f"Results of version smoke: {results}/"
    assert head == "  accuracy on held-out sequences at each position, and of the exact match:"
    assert full.startswith("    full echo     ")
    assert full.endswith(", 2 seeds")
    assert ", exact " in partial
    assert files == [f"  paper    {results}/paper.pdf", f"  figures  {results}/figures"]


def test_nothing_but_the_folder_is_named_if_nothing_has_been_made(tmp_path: Path) -> None:
    assert closing(tmp_path, "mine") == f"Results of version mine: {tmp_path}/"
