"""Answer the questions from the tables."""

import json
from pathlib import Path

import pandas as pd

from echoseq.answers import answer_table
from echoseq.files import write_table
from echoseq.logs import step_log

with step_log(snakemake.log[0]):
    names = ("experiments", "summary", "runs", "comparisons")
    text = {"position": str}
    tables = {name: pd.read_csv(Path(snakemake.input[name]), dtype=text) for name in names}
    questions = json.loads(snakemake.params.questions)
    answers = answer_table(questions, tables, margin=snakemake.params.margin)
    write_table(Path(snakemake.output[0]), answers)
