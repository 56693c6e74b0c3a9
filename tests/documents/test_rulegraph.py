"""Snakemake's graph of rules, made short."""

import pytest

from echoseq.documents.rulegraph import shortened
from echoseq.errors import EchoseqError

GRAPH = """---
title: DAG
---
flowchart TB
	id0[study]
	id1[train_0_to_4]
	id2[train_seed]
	id3[evaluate_longer_0]
	id4[evaluate_experiment]
	id5[echoes]
	id6[learning_curves]
	id7[needed_cells]
	id8[published_values]
	style id0 fill:#57D981,stroke-width:2px,color:#333333
	id1 --> id3
	id2 --> id4
	id1 --> id0
	id4 --> id5
	id3 --> id6
	id4 --> id7
	id6 --> id0
	id5 --> id6
	id8 --> id0
"""


def test_rules_that_do_the_same_are_one_and_arrows_with_a_way_round_are_left_out() -> None:
    assert shortened(GRAPH).splitlines() == [
        "```mermaid",
        "flowchart TB",
        "    evaluate --> figures_of_questions",
        "    evaluate --> figures_of_study",
        "    figures_of_study --> study",
        "    published_values --> study",
        "    train --> evaluate",
        "```",
    ]


def test_another_text_is_refused() -> None:
    with pytest.raises(EchoseqError, match="expected the text of snakemake --rulegraph"):
        shortened("")
