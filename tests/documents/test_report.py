"""The first page of the report."""

import pandas as pd

from echoseq.documents.report import answers_text


def test_text_of_the_configuration_is_escaped() -> None:
    row = {
        "text": "Longer_",
        "answer": "a_ is it.",
        "expectation": "more cells",
        "outcome": "right",
    }
    answers = pd.DataFrame([row, {"text": "Why?", "answer": "So."}])
    assert answers_text(answers).endswith(
        "**Longer\\_\\.** a\\_ is it\\.\n"
        "The source expects more cells\\. Found for this pair\\: right\\.\n\n"
        "**Why\\?** So\\.\n"
    )
