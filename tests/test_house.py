"""The house: rooms import in one direction, no module is too long, and the tests mirror them."""

from pathlib import Path

import pytest
from workspaces import PROJECT

from echoseq.closure import imported_modules, package_folder

PACKAGE = package_folder()
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
# Each folder imports only from those before it. Figures, documents and versions are on the
# same level, but documents may read the catalogue of figures.
ROOMS = ["ground", "study", "data", "networks", "training", "evaluation", "tables"]
BESIDE = ["figures", "documents", "versions"]
ALLOWED = {("documents", "figures/catalogue.py")}
LONGEST = 330  # lines of a module


def room(module: Path) -> str:
    parts = module.relative_to(PACKAGE).parts
    if len(parts) > 1:
        return parts[0]
    return "top" if parts[0] == "cli.py" else "ground"


def below(name: str) -> set[str]:
    if name == "top":
        return {*ROOMS, *BESIDE, "top"}
    return {*ROOMS, name} if name in BESIDE else {*ROOMS[: ROOMS.index(name) + 1]}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(PACKAGE).as_posix())
def test_rooms_import_one_way(module: Path) -> None:
    name = room(module)
    wrong = [
        other.relative_to(PACKAGE).as_posix()
        for other in imported_modules(module)
        if room(other) not in below(name)
        and (name, other.relative_to(PACKAGE).as_posix()) not in ALLOWED
    ]
    assert wrong == []


def test_every_room_is_one_of_these() -> None:
    assert {room(module) for module in MODULES} == {*ROOMS, *BESIDE, "top"}


def test_no_module_is_too_long() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_the_tests_mirror_the_rooms() -> None:
    rooms = {room(module) for module in MODULES} - {"ground", "top"}
    assert rooms <= {path.name for path in (PROJECT / "tests").iterdir() if path.is_dir()}
