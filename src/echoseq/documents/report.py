"""The first page of the report, in reStructuredText, made from the files of a version."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.documents.questions import verdict
from echoseq.escaping import rst, rst_paragraph
from echoseq.study.ablated import meanings_of_ablations
from echoseq.study.probed import meanings_of_probed
from echoseq.tables.columns import EXACT_MATCH, complete_windows, echo_of
from echoseq.wording import coverage, sentence


def study_text(config: Mapping[str, Any], summary: pd.DataFrame, commit: str) -> str:
    """The version and its results.

    Args:
        config: config.yaml of the version.
        summary: tables/summary.csv, positions as text.
        commit: of the code, or "unknown".
    """
    confidence = coverage(summary["confidence"].iloc[0])
    complete = complete_windows(summary)
    return "\n".join(
        [
            *_heading("How do recurrent networks echo random integers?", "="),
            f"Version {rst(config['version'])}. Code: commit {rst(commit)}.",
            "",
            *_heading("Accuracy on held-out sequences", "-"),
            f"Mean over the seeds with its {confidence} interval, on "
            f"{config['evaluation']['sequences']} held-out sequences. Positions are "
            "places in the answer; an exact match is right at every position.",
            "",
            *_table(
                ("experiment", "position", "accuracy", f"{confidence} interval", "chance"),
                map(_accuracy_row, complete.to_dict("records")),
            ),
        ]
    )


def details_text(
    environment: Mapping[str, Any], experiments: pd.DataFrame, summary: pd.DataFrame
) -> str:
    """The experiments of the study, and the environment in which they ran.

    Args:
        environment: environment.json of the version.
        experiments: tables/experiments.csv.
        summary: tables/summary.csv.
    """
    trained = summary.drop_duplicates("experiment").set_index("experiment")["seeds"].to_dict()
    described = experiments[experiments["experiment"].isin(trained)]
    optimized = _optimized(described)
    return "\n".join(
        [
            *_heading("Experiments", "-"),
            *_table(
                ("experiment", "model", "cells", "epochs", "batch", "echo", "seeds", *optimized),
                (
                    (*_experiment_row(row, trained), *(row[key] for key in optimized))
                    for row in described.fillna({"options": "", "schedule": "constant"}).to_dict(
                        "records"
                    )
                ),
            ),
            *_heading("Environment", "-"),
            *_table(("item", "value"), _environment_rows(environment)),
        ]
    )


def _optimized(experiments: pd.DataFrame) -> list[str]:
    """The columns about options and optimizers that differ; older versions lack them."""
    names = ("options", "optimizer", "learning_rate", "schedule")
    columns = [name for name in names if name in experiments]
    return [name for name in columns if len(set(experiments[name].astype(str))) > 1]


def answers_text(answers: pd.DataFrame) -> str:
    """The answers to the open questions.

    Args:
        answers: tables/answers.csv.
    """
    lines = _heading("The open questions", "-")
    for row in answers.to_dict("records"):
        lines += [f"**{rst(sentence(row['text']))}** {rst_paragraph(row['answer'])}"]
        if expected := verdict(row):
            lines += [rst(expected)]
        lines += [""]
    return "\n".join(lines)


def caption_settings(study: Mapping[str, Any]) -> dict[str, object]:
    """What captions have of a configuration with every default, and what is probed and ablated."""
    statistics = study["statistics"]
    return {
        "confidence": coverage(statistics["confidence"]),
        "sequences": study["evaluation"]["sequences"],
        "success": statistics["success"],
        "learned_over": statistics["learned_over"],
        "learned_share": coverage(statistics["learned_share"]),
        "margin": statistics["margin"],
        **meanings_of_probed(),
        **meanings_of_ablations(),
    }


def _heading(text: str, underline: str) -> list[str]:
    return [text, underline * len(text), ""]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (header, *rows):
        for index, cell in enumerate(row):
            lines.append(f"   {' ' if index else '*'} - {rst(str(cell))}")
    return [*lines, ""]


def _accuracy_row(row: Mapping[Any, Any]) -> tuple[str, ...]:
    interval = (
        f"{row['low']:.4f} to {row['high']:.4f}" if pd.notna(row["low"]) else "none (one seed)"
    )
    position = "exact match" if row["position"] == EXACT_MATCH else row["position"]
    return row["experiment"], position, f"{row['mean']:.4f}", interval, f"{row['chance']:.2g}"


def _experiment_row(row: Mapping[Any, Any], seeds: Mapping[Any, int]) -> tuple[object, ...]:
    echo = echo_of(row)
    keys = ("experiment", "model", "cells", "epochs", "batch_size")
    return (*(row[key] for key in keys), echo, seeds[row["experiment"]])


def _environment_rows(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Python", environment["python"]),
        *environment["packages"].items(),
        ("system", f"{environment['system']}, {environment['machine']}"),
        ("processor", environment["cpu"]),
        ("instruction sets", ", ".join(environment["instruction_sets"])),
        *environment["variables"].items(),
    ]
