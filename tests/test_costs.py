"""What an epoch costs at least, and the tables of what it cost."""

from dataclasses import replace

import costs
import growth
import measured_tables
import pandas as pd
import pytest
from peers.work import Sizes, initial

FULL = Sizes(length=25, alphabet=100, n_in=5, n_out=5, batch_size=7, cells=20, encoder=False)
PARTIAL = Sizes(length=25, alphabet=100, n_in=5, n_out=2, batch_size=21, cells=150, encoder=True)


def counted(sizes: Sizes) -> int:
    """Operations of an epoch, by listing the shapes of all products."""
    b, h, a = sizes.batch_size, sizes.cells, sizes.alphabet
    products: list[tuple[int, int, int]] = []
    for update in range(sizes.batches):
        carried = sizes.stateful and update > 0
        for steps in (sizes.n_in, sizes.n_out) if sizes.encoder else (sizes.n_in,):
            for step in range(steps):
                if step or carried:
                    products += [(b, h, 4 * h), (h, b, 4 * h)]  # forward, the kernel's gradient
                if step:
                    products.append((b, 4 * h, h))  # the gradient of the state before
        if sizes.encoder:  # what the decoder reads
            products += [(b, h, 4 * h), (h, b, 4 * h), (b, 4 * h, h)]
        rows = b * sizes.n_out
        products += [(rows, h, a), (h, rows, a), (rows, a, h)]
    return sum(2 * x * y * z for x, y, z in products)


@pytest.mark.parametrize(
    "sizes",
    [
        FULL,
        replace(FULL, stateful=False),
        PARTIAL,
        replace(PARTIAL, batch_size=7),
        replace(PARTIAL, n_in=1, n_out=1, length=21),
    ],
)
def test_operations_are_those_of_the_products(sizes: Sizes) -> None:
    assert costs.operations(sizes) == counted(sizes)


@pytest.mark.parametrize("sizes", [FULL, PARTIAL])
def test_weights_are_those_that_a_network_begins_with(sizes: Sizes) -> None:
    assert costs.weights(sizes) == sum(value.size for value in initial(sizes).values())


def test_the_numbers_of_the_study() -> None:
    assert (costs.weights(FULL), costs.weights(PARTIAL)) == (11_780, 346_300)
    assert costs.operations(PARTIAL) == 71_820_000
    assert costs.traffic(PARTIAL) == 346_300 * 4 * 6


def test_the_limit_is_that_of_the_memory_that_holds_the_weights() -> None:
    """4.16 MB of weights and moments: less than 2^22."""
    rates = {2**18: 300.0, 2**20: 200.0, 2**22: 100.0}
    found = costs.limit(PARTIAL, gflops=100, bandwidth=rates)
    assert found.products == pytest.approx(0.7182)
    assert found.traffic == pytest.approx(costs.traffic(PARTIAL) / 200e9 * 1e3)
    assert found.ms == found.products + found.traffic
    assert costs.limit(FULL, 100, rates).traffic == costs.traffic(FULL) / 300 / 1e6  # the smallest


def measurements() -> list[dict[str, object]]:
    machine = {"program": "machine", "gflops": 100.0, "gflops_avx2": 50.0}
    bandwidth = {"1048576": 100.0}
    found: list[dict[str, object]] = []
    for number, (ours, jax, torch) in enumerate([(1.0, 2.0, 6.0), (2.0, 3.0, 6.0), (1.5, 2.0, 6)]):
        for name, ms in (("echoseq", ours), ("PyTorch", torch), ("JAX", jax)):
            times = {"ms": ms * 1.1, "cpu_ms": ms, "first_s": ms * 2}
            found.append({"program": name, "round": number, "version": f"{name} 1"} | times)
        found.append(machine | {"bandwidth": bandwidth, "round": number})
    return found


def test_peers_are_listed_by_time_with_ratios_run_by_run() -> None:
    found = measurements()
    found.append(found[2] | {"program": "half measured"})
    lines = measured_tables.peers_table(found, PARTIAL, {"JAX": "carries no state"}).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert [row[0] for row in cells] == [
        "echoseq (echoseq 1)",
        "JAX (JAX 1, carries no state)",
        "PyTorch (PyTorch 1)",
        "the limit of this core",
        "the limit with AVX2 alone",
    ]
    assert cells[1][1:] == ["2.00 (2.00 to 3.00)", "1.50 (1.33 to 2.00)", "4.0 (4.0 to 6.0)"]
    assert cells[3][1] == "0.80 (0.80 to 0.80)"  # 0.718 for products and 0.083 for Adam
    assert cells[4][1] == "1.52 (1.52 to 1.52)"


def test_sentences_about_the_core() -> None:
    found = measurements()
    machines = [m for m in found if m["program"] == "machine"]
    text = measured_tables.core_sentence(machines, PARTIAL)
    assert "71.8 million" in text
    assert "100 GFLOP/s (50 with AVX2 alone) and 100 GB/s, that is 0.72 ms and 0.08 ms" in text
    assert "not quiet: by the clock, runs took up to 1.10" in measured_tables.quiet_sentence(found)
    alone = [found[0] | {"ms": 1.01}]
    assert "was quiet: by the clock, runs took up to 1.01" in measured_tables.quiet_sentence(alone)


def grown() -> pd.DataFrame:
    machine = {"program": "machine", "gflops": 100.0, "bandwidth": {"1048576": 100.0}}
    points = [
        {"axis": "cells", "value": value, "program": name, "round": number, "cpu_ms": ms}
        for value, times in {25: (1.0, 2.0), 50: (4.0, 4.0)}.items()
        for name, factor in (("echoseq", 1), ("JAX", 3))
        for number, ms in enumerate(factor * time for time in times)
    ]
    return measured_tables.growth_table([machine, *points], growth.sizes_at)


def test_growth_has_a_row_for_each_point() -> None:
    table = grown()
    assert list(table["ms"]) == [1.5, 4.5, 4.0, 12.0]
    assert (table["rounds"] == 2).all()
    assert list(table["mflop"][:1]) == [costs.operations(growth.sizes_at("cells", 25)) / 1e6]
    assert "| cells 50 | 4.00 | 12.00 (3.00) | 0.1" in measured_tables.growth_summary(table)


@pytest.mark.parametrize(
    ("axis", "value"), [(axis, value) for axis, values in growth.AXES.items() for value in values]
)
def test_an_epoch_of_growth_is_one_update(axis: str, value: int) -> None:
    sizes = growth.sizes_at(axis, value)
    assert sizes.batches == 1
    assert growth.COMPARED <= sizes.block <= growth.MOST
    base = growth.BASE
    changed = {"values": sizes.n_out, "batch": sizes.batch_size}.get(axis)
    assert (getattr(sizes, axis) if changed is None else changed) == value
    same = {"cells", "alphabet", "batch_size", "n_in"} - {axis}
    same -= {"values": {"n_in"}, "batch": {"batch_size"}}.get(axis, set())
    assert all(getattr(sizes, name) == getattr(base, name) for name in same)
