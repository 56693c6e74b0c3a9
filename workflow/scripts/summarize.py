"""Make the tables of accuracy and of errors over seeds from the predictions of every experiment."""

import json
from pathlib import Path

import pandas as pd

from echoseq.anatomy import error_table
from echoseq.integrity import write_table
from echoseq.logs import step_log
from echoseq.predictions import read_predictions
from echoseq.statistics import echo_table, seed_table, summary_table

with step_log(snakemake.log[0]) as log:
    settings = json.loads(snakemake.params.statistics)
    seeds, summaries, errors, echoes = [], [], [], []
    interval = {key: settings[key] for key in ("confidence", "resamples")}
    for experiment, path in zip(snakemake.params.experiments, snakemake.input.predictions):
        answers = read_predictions(Path(path))
        seeds.append(seed_table(experiment, answers))
        summaries.append(summary_table(experiment, answers, **settings))
        errors.append(error_table(experiment, answers, **interval))
        echoes.append(echo_table(experiment, answers))
        log.info("%s: %d seeds", experiment, len(answers.seeds))
    write_table(Path(snakemake.output.seeds), pd.concat(seeds))
    write_table(Path(snakemake.output.summary), pd.concat(summaries))
    write_table(Path(snakemake.output.errors), pd.concat(errors))
    write_table(Path(snakemake.output.echoes), pd.concat(echoes))
