"""The record of a run, as run.json holds it, with what a test changes."""

from typing import Any

from configurations import CONFIG

from echoseq.study.reading import read

PLAN = read(CONFIG).plan_of("full_echo")


def run_record(**changes: Any) -> dict[str, Any]:
    return {
        "experiment": "full_echo",
        "seed": 3,
        "plan": PLAN.facts(),
        "program": 2,
        "parameters": 11_780,
        "epochs": 4,
        "updates": 92,
        "learned": None,
        "final_loss": 1.5999999642372131,
        "final_accuracy": 0.875,
        "digest": "12ab" * 16,
        "initial_digest": "56ef" * 16,
        "data_digest": "78ab" * 16,
        "history_digest": "34cd" * 16,
        "versions": {"keras": "3.15.0"},
        "numerics": {"threads": 1},
        **changes,
    }
