"""Gather what the runs recorded, and their histories thinned to curves, one run at a time."""

from pathlib import Path

import pandas as pd

from echoseq.integrity import write_table
from echoseq.logs import step_log
from echoseq.records import read_history, read_record, run_row
from echoseq.statistics import epochs_to_learn, learned_table, learning_curve

with step_log(snakemake.log[0]) as log:
    settings = {"success": snakemake.params.success, "over": snakemake.params.learned_over}
    rows, curves = [], []
    for record_path, history_path in zip(snakemake.input.records, snakemake.input.histories):
        record = read_record(Path(record_path))
        history = read_history(Path(history_path), record)
        curve = learning_curve(history)
        epochs = epochs_to_learn(history["accuracy"].to_numpy(), **settings)
        rows.append(run_row(record) | {"epochs_to_learn": epochs})
        curves.append(curve.assign(experiment=record["experiment"], seed=record["seed"]))
    columns = ["experiment", "seed", "epoch", "loss", "accuracy"]
    runs = pd.DataFrame(rows)
    learned = learned_table(runs, snakemake.params.confidence)
    write_table(Path(snakemake.output.runs), runs)
    write_table(Path(snakemake.output.learned), learned)
    write_table(Path(snakemake.output.learning), pd.concat(curves)[columns])
    log.info("%d runs", len(rows))
