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

from echoseq.networks.numerics import FLAGS, VARIABLES


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


# What the user may have set, which would let kernels be chosen freely.
FREE = ("true", "false", "AVX512")
FLAGS_OF_THE_USERS = " ".join(f"{flag}={value}" for flag, value in zip(FLAGS, FREE))
OF_THE_USERS = {
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "XLA_FLAGS": FLAGS_OF_THE_USERS,
    **dict.fromkeys(("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "PYTHONHASHSEED"), "8"),
}


@pytest.fixture(scope="module")
def digests() -> dict[str, dict[str, str]]:
    """Of all networks, with variables of the user's."""
    return digests_with(**OF_THE_USERS)


@PROMISED
def test_the_bits_are_those_of_other_machines(digests: dict[str, dict[str, str]]) -> None:
    """After a change that is meant to change them: write what is printed here to the file."""
    assert digests == json.loads(KNOWN.read_text()), json.dumps(digests, indent=2)


@PROMISED
def test_the_same_bits_without_variables_of_the_users(digests: dict[str, dict[str, str]]) -> None:
    names = ("lstm", "encoder_decoder")
    assert digests_with(names) == {name: digests[name] for name in names}


@PROMISED
@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("XLA_FLAGS", f"{VARIABLES['XLA_FLAGS']}2", "lstm"),  # compiled for AVX2
        ("ONEDNN_MAX_CPU_ISA", "SSE41", "teacher_forcing"),  # whose layers are Keras's own
    ],
)
def test_the_limits_do_something(
    digests: dict[str, dict[str, str]], variable: str, value: str, name: str
) -> None:
    """With another one the bits differ, in either library."""
    other = digests_with([name], "--set", variable, value)
    assert other[name]["initial"] == digests[name]["initial"]
    assert other[name]["trained"] != digests[name]["trained"]
