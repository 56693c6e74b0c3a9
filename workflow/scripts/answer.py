"""Answer the questions from the tables."""

import json
from pathlib import Path

import pandas as pd

from echoseq.answers import answer_table
from echoseq.integrity import require_intact, write_table
from echoseq.logs import step_log

with step_log(snakemake.log[0]):
    names = ("experiments", "summary", "seeds", "runs", "comparisons")
    paths = {name: Path(snakemake.input[name]) for name in names}
    require_intact(*paths.values())
    text = {"position": str}
    tables = {name: pd.read_csv(path, dtype=text) for name, path in paths.items()}
    questions = json.loads(snakemake.params.questions)
    answers = answer_table(questions, tables, margin=snakemake.params.margin)
    write_table(Path(snakemake.output[0]), answers)
