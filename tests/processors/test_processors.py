"""The same bits on other x86-64 processors, emulated.

`make test-processors` trains all networks on all processors. Where ECHOSEQ_FEW_PROCESSORS is set,
as where changes are tested, it is both echoes on the first two, at the same time on two cores: the
oldest, and the one for which LLVM's code differs most.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import bits
import pytest
from workspaces import PROJECT

EMULATOR = "qemu-x86_64-static"
REQUIRED = bool(os.environ.get("ECHOSEQ_REQUIRE_PROCESSORS"))
FEW = bool(os.environ.get("ECHOSEQ_FEW_PROCESSORS"))
# As the emulator calls them. None has AVX-512.
PROCESSORS = {
    "Haswell-v4": "Intel, 2013",
    "Skylake-Client-v4": "Intel, 2015, for which LLVM takes gathers for fast",
    "EPYC-v1": "AMD, 2017",
    "Broadwell-v4": "Intel, 2014",
    "EPYC-Rome-v1": "AMD, 2019",
    "EPYC-Milan-v1": "AMD, 2021",
}
NETWORKS = (
    "lstm",
    "encoder_decoder",
    "lstm masked",
    "lstm linear",
    "gru",
    "simple_rnn",
    "attention",
    "step",
    "feedback",
    "options",
)
PART = 7  # 57 or 21 epochs: two or three calls of the program

pytestmark = [
    pytest.mark.skipif(
        platform.machine() not in {"x86_64", "AMD64"}, reason="bits are promised for x86-64 alone"
    ),
    pytest.mark.skipif(
        shutil.which(EMULATOR) is None and not REQUIRED,
        reason=f"needs {EMULATOR}, of Debian's qemu-user-static",
    ),
]


def digests_on(*processor: str) -> dict[str, dict[str, str]]:
    """The digests of networks, trained by a program that runs on a processor, or on this one."""
    names = NETWORKS[:2] if FEW else NETWORKS
    # The emulator runs one program, and a Python of an environment would start another.
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), sysconfig.get_path("purelib")])
    }
    done = subprocess.run(
        [
            *processor,
            Path(sys.executable).resolve(),
            bits.__file__,
            json.dumps(bits.chosen(names, PART)),
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=7200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return bits.read_lines(done.stdout)


@pytest.fixture(scope="module")
def here() -> dict[str, dict[str, str]]:
    return digests_on()


@pytest.mark.parametrize("processor", list(PROCESSORS)[: 2 if FEW else None])
def test_another_processor_gives_the_same_bits(
    here: dict[str, dict[str, str]], processor: str
) -> None:
    there = digests_on(EMULATOR, "-cpu", processor)
    for name, found in there.items():
        print(processor, name, found["trained"][:12], here[name]["trained"][:12])
    assert there == here
