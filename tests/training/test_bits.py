"""Training and answering give the same bits on every machine that is promised them.

Other processors are emulated in tests/processors.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable

import bits
import pytest
from workspaces import PROJECT

from echoseq.networks.numerics import PORTABLE


def digests_with(
    names: Iterable[str] = tuple(bits.NETWORKS), *options: str, **variables: str
) -> dict[str, dict[str, str]]:
    """Digests of the networks at the study's sizes, from a process of their own."""
    done = subprocess.run(
        [sys.executable, bits.__file__, json.dumps(bits.chosen(names)), *options],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return bits.read_lines(done.stdout)


# What every x86-64 processor with AVX2 and FMA should give with the locked libraries.
KNOWN = PROJECT / "tests" / "known_digests.json"
PROMISED = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"}, reason="bits are promised for x86-64 alone"
)


@pytest.fixture(scope="module")
def digests() -> dict[str, dict[str, str]]:
    return digests_with()


@PROMISED
def test_the_bits_are_those_of_other_machines(digests: dict[str, dict[str, str]]) -> None:
    """After a change that is meant to change them: write what is printed here to the file."""
    assert digests == json.loads(KNOWN.read_text()), json.dumps(digests, indent=2)


@PROMISED
def test_the_same_bits_with_variables_of_the_users(digests: dict[str, dict[str, str]]) -> None:
    """Compiled for AVX2, with variables that would let kernels be chosen freely."""
    outside = {"ONEDNN_MAX_CPU_ISA": "SSE41", "TF_ENABLE_ONEDNN_OPTS": "1"}
    flags = f"--xla_cpu_max_isa=AVX2 {PORTABLE}=true"
    assert digests_with(XLA_FLAGS=flags, **outside) == digests


@PROMISED
@pytest.mark.parametrize("isa", ["xla", "onednn"])
def test_the_bits_need_avx2(digests: dict[str, dict[str, str]], isa: str) -> None:
    """The limits do something: below AVX2 the bits differ, in either library."""
    if isa == "xla":
        below = digests_with(["lstm"], XLA_FLAGS="--xla_cpu_max_isa=AVX")
    else:
        below = digests_with(["lstm"], "--onednn", "SSE41")
    assert below["lstm"]["initial"] == digests["lstm"]["initial"]
    assert below["lstm"]["trained"] != digests["lstm"]["trained"]
