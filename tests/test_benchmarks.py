"""The benchmarks still measure, and all programs the same; what they measure is no test."""

import json
import runpy
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import measuring
import programs
import publish
import pytest
import yaml
from peers.work import Session, Sizes
from workspaces import PROJECT

from echoseq.study.reading import read
from echoseq.tables.columns import read_table


def test_the_files_of_a_made_up_study_are_those_that_tables_are_made_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = runpy.run_path(str(PROJECT / "benchmarks/size.py"))
    monkeypatch.setenv("PYTHONPATH", "")  # it is set, and set back after the test
    with size["workspace"]():
        own = Path("size.yaml")
        own.write_text(yaml.safe_dump(size["configuration"](4)), encoding="utf-8")
        study = read(Path("config/config.yaml"), own)
        names = sorted(study.names(extensions=False))
        size["make_up"](study, names)
        (size["RESULTS"] / "logs").mkdir()
        for rule, table in (("summarize", "summary"), ("learning", "runs")):
            size["make_table"](rule, study, names)
            made = read_table(size["RESULTS"] / f"tables/{table}.csv")
            assert set(made["experiment"]) == set(names)


def test_the_compiled_loop_can_be_measured() -> None:
    script = PROJECT / "benchmarks" / "training.py"
    done = subprocess.run(
        [sys.executable, str(script), "--measure", "full_echo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout.splitlines()[-1])
    assert set(measured) - {"loss"} == {"ms", "first_s"}
    assert all(value > 0 for value in measured.values())


SMALL = Sizes(length=9, alphabet=7, n_in=3, n_out=2, batch_size=7, cells=4, encoder=True, block=20)


def test_fit_makes_the_same_updates_as_the_compiled_loop() -> None:
    """On the backend of this environment; `make bench-peers CHECK=1` asks all programs."""
    by_fit = next(p for p in programs.fits(sys.executable) if "TensorFlow" in p.name)
    found = [measuring.measure(program, SMALL, 1) for program in (programs.ours(), by_fit)]
    assert measuring.require_same("fit", found[1]["losses"], found[0]["losses"]) < 1e-5
    assert all(len(m["losses"]) == measuring.COMPARED for m in found)
    assert all(m["ms"] > 0 < m["cpu_ms"] for m in found)


def test_other_losses_are_refused_in_a_line() -> None:
    with pytest.raises(measuring.MeasuringError, match="JAX: expected the losses of echoseq"):
        measuring.require_same("JAX", [4.0, 3.0002], [4.0, 3.0])
    with pytest.raises(measuring.MeasuringError, match="differ by nan"):
        measuring.require_same("JAX", [float("nan")], [4.0])


def test_a_program_that_ends_says_why_in_a_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no such thing')", encoding="utf-8")
    program = measuring.Program("a peer", (sys.executable, str(broken)))
    with pytest.raises(measuring.MeasuringError, match="a peer: no such thing"):
        measuring.measure(program, SMALL, 1)
    with pytest.raises(measuring.MeasuringError, match="a peer: cannot be started"):
        measuring.measure(replace(program, command=("nowhere/python",)), SMALL, 1)
    with pytest.raises(measuring.MeasuringError, match="PYTHON: expected an interpreter"):
        programs.can_compile("nowhere/python")


def test_sequences_do_not_depend_on_how_many_are_drawn_at_a_time() -> None:
    """Programs have blocks of different lengths, and learn from the same sequences."""

    def drawn(*counts: int) -> list[float]:
        session = Session(lambda *_: lambda s: s.mean(axis=1).tolist(), framed=False)
        session.set_up(**asdict(SMALL) | {"block": counts[0]})
        for count in counts[1:]:
            session.train(count)
        return session.losses(30)["losses"]

    assert drawn(30) == drawn(7, 11, 12)


def test_measuring_goes_on_where_it_was_under_the_same_conditions(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    first = measuring.Store(path, {"core": 1}, fresh=False)
    first.put([{"program": "JAX", "ms": 2.0}], round=0)
    first.put([{"program": "JAX", "ms": 1.0, "bandwidth": {"1": 2.0}}], round=0)
    again = measuring.Store(path, {"core": 1}, fresh=False)
    assert again.has(program="JAX", round=0)
    assert [m["ms"] for m in again.measurements] == [1.0]
    assert not again.has(program="JAX", round=1)
    with pytest.raises(measuring.MeasuringError, match="another core"):
        measuring.Store(path, {"core": 0}, fresh=False)
    assert measuring.Store(path, {"core": 0}, fresh=True).measurements == []


def test_the_page_shows_what_was_measured(tmp_path: Path) -> None:
    """`make speed` makes its tables and figures from the measurements beside it, to the byte."""
    document = tmp_path / "speed.md"
    shutil.copyfile(PROJECT / "docs/speed.md", document)
    shutil.copytree(PROJECT / "docs/speed", tmp_path / "speed")
    assert publish.publish(tmp_path / "speed", document) == ["peers", "growth", "cores"]
    assert document.read_bytes() == (PROJECT / "docs/speed.md").read_bytes()
    for path in sorted((PROJECT / "docs/speed").iterdir()):
        assert (tmp_path / "speed" / path.name).read_bytes() == path.read_bytes(), path.name
