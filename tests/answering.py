"""Tables made from others, each with those before it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from echoseq.tables.making import make_from_tables


def facts_from(tables: Mapping[str, pd.DataFrame], **settings: Any) -> pd.DataFrame:
    """The facts that tables hold."""
    return make_from_tables(["needs", "sizes", "facts"], tables, settings)["facts"]


def answers_from(tables: Mapping[str, pd.DataFrame], **settings: Any) -> pd.DataFrame:
    """The answers that tables give."""
    return make_from_tables(["needs", "sizes", "facts", "answers"], tables, settings)["answers"]
