"""What others published, made up: results with verdicts, and ours beside them."""

import pandas as pd

from echoseq.answers.published import COLUMNS

ROWS = [
    {
        "experiment": "plain",
        "measure": "exact_match",
        "verdict": "met",
        "reason": "the means differ",
    }
    | {"theirs": 0.231, "theirs_low": 0.18, "theirs_high": 0.29, "theirs_runs": 10}
    | {"difference": -0.021, "low": -0.05, "high": 0.008, "tolerance": 0.1},
    {"experiment": "lag", "measure": "training_loss", "last": 5, "verdict": "not met"}
    | {"theirs": 0.0846, "theirs_low": 0.0846, "theirs_high": 0.0846, "theirs_runs": 1}
    | {"difference": 0.5, "low": 0.4, "high": 0.6, "tolerance": 0.01},
    {"experiment": "lag", "measure": "accuracy", "verdict": "undecided", "at_least": 0.95},
]
OURS = {"ours": 0.21, "ours_low": 0.2, "ours_high": 0.22, "seeds": 10, "citation": "A *Paper*."}


def results() -> pd.DataFrame:
    """The table `published` of these."""
    return pd.DataFrame([row | OURS for row in ROWS], columns=list(COLUMNS))
