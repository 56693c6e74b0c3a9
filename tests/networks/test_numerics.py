"""The variables that determine bits, and those of the user's beside them."""

from pathlib import Path

import pytest

from echoseq.errors import EchoseqError
from echoseq.networks.numerics import FLAGS, VARIABLES, variables

OURS, (PORTABLE, _, ISA) = VARIABLES["XLA_FLAGS"], FLAGS


def test_what_counts_is_ours_whatever_the_user_has_set() -> None:
    assert variables({}) == VARIABLES
    assert variables({"TF_ENABLE_ONEDNN_OPTS": "1", "ONEDNN_MAX_CPU_ISA": "ALL"}) == VARIABLES


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("--xla_dump_to=here  --xla_dump_hlo", "--xla_dump_to=here --xla_dump_hlo"),
        (f"{PORTABLE}=true --xla_dump_to=here {ISA}=AVX2", "--xla_dump_to=here"),
        (f"--xla_dump_to=here {PORTABLE}", "--xla_dump_to=here"),
        (f"{PORTABLE}_of_another=true", f"{PORTABLE}_of_another=true"),
    ],
)
def test_the_users_flags_of_xla_come_before_ours(given: str, kept: str) -> None:
    merged = variables({"XLA_FLAGS": given})["XLA_FLAGS"]
    assert merged == f"{kept} {OURS}"
    assert variables({"XLA_FLAGS": merged})["XLA_FLAGS"] == merged


def test_flags_of_xla_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "flags"
    file.write_text("--xla_dump_to=here\n")
    assert variables({"XLA_FLAGS": str(file)})["XLA_FLAGS"] == f"--xla_dump_to=here {OURS}"
    with pytest.raises(EchoseqError, match=r"^XLA_FLAGS: expected flags .* cannot read nowhere$"):
        variables({"XLA_FLAGS": "nowhere"})


def test_variables_that_tensorflow_reads_are_recorded() -> None:
    found = variables({"TF_DETERMINISTIC_OPS": "1", "HOME": "here"})
    assert found == VARIABLES | {"TF_DETERMINISTIC_OPS": "1"}
