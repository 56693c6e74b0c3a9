"""What is recorded of the machine and its software."""

import json
import sys

from echoseq.networks.numerics import VARIABLES
from echoseq.provenance.environment import environment


def test_the_environment_names_the_software_that_bears_on_results():
    found = environment()
    assert {"keras", "numpy", "pandas", "tensorflow"} <= set(found["packages"])
    assert all(version[0].isdigit() for version in found["packages"].values())
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["cpu"]
    assert json.loads(json.dumps(found)) == found


def test_the_environment_holds_only_variables_that_change_numbers(monkeypatch):
    """TF_ also begins the names of variables of another program, which hold secrets."""
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # overridden when TensorFlow is loaded
    monkeypatch.setenv("XLA_FLAGS", "--xla_dump_to=here")
    for name in ("SECRET_TOKEN", "TF_TOKEN_app_example", "TF_CLI_CONFIG_FILE"):
        monkeypatch.setenv(name, "hidden")
    variables = environment()["variables"]
    assert variables["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert variables["ONEDNN_MAX_CPU_ISA"] == "AVX2"
    assert variables["XLA_FLAGS"] == f"--xla_dump_to=here {VARIABLES['XLA_FLAGS']}"
    assert "hidden" not in variables.values()


def test_the_environment_is_the_same_on_repetition():
    assert environment() == environment()
