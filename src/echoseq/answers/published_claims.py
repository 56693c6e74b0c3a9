"""The claims beside what others published: why it is met, or is not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.answers import claims
from echoseq.tables import skill_of_seeds
from echoseq.tables.sources.published import Found

SOURCE = "published"
ROW = "claim"
SETTINGS = ("published_claims", "confidence", "margin", "resamples", "sequences", "time_margin")
COLUMNS = {
    "question": "the question",
    "number": "of the claim among those of the question, from 1",
    "claim": "the reason, in a sentence",
    "verdict": "`holds`, `refuted` or `undecided`, as of other claims",
    "reason": "why it is undecided",
    "measure": "what is compared: `accuracy`, `exact_match` or `bits`",
    "experiment": "that the claim is about",
    "base": "the experiment that it is compared with",
    "at_least": "the least difference that the claim expects; empty: none",
    "at_most": "the most; empty: none",
    "value": "the difference, that of the experiment less that of the base",
    "low": "lower end of its {confidence} interval",
    "high": "its upper end",
    "seeds": "that both have",
    "confidence": "coverage of the intervals",
}


def make(
    found: Found, *, published_claims: Sequence[Mapping[str, Any]], **settings: Any
) -> pd.DataFrame:
    """A row for each claim, as in the table of claims.

    Args:
        found: predictions and runs by experiment.
        published_claims: as configured, each with its `question`.
        settings: as for `claims.make`.
    """
    skill = [skill_of_seeds.make(name, answers) for name, (answers, _) in found.items()]
    tables = {"skill_of_seeds": pd.concat(skill, ignore_index=True)}
    return claims.make(tables, claims=published_claims, **settings)[list(COLUMNS)]
