"""The first page of the report."""

import pandas as pd

from echoseq.documents.report import answers_text, escape


def test_text_of_the_configuration_is_escaped() -> None:
    assert escape("an *odd* text_ |x| `y` a\nb") == (r"an \*odd\* text\_ \|x\| \`y\` a b")
    answers = pd.DataFrame({"text": ["Longer_?"], "answer": ["a_ is worse; b is better."]})
    assert r"**Longer\_?**" in answers_text(answers)
    assert "* a\\_ is worse\n* b is better\n" in answers_text(answers)
