"""The answers to the open questions, as sentences made from the tables."""

import json
from typing import Any

import pandas as pd

from echoseq.tables.columns import complete_windows, exact_matches

SOURCE = "tables"
ROW = "question"
SETTINGS = ("questions", "margin")
COLUMNS = {
    "question": "its name",
    "text": "the question",
    "expectation": "what the source expects of experiments at the size of their base",
    "outcome": "whether that was confirmed, and in which experiments",
    "answer": "what was found, in sentences made from the tables, with {confidence} intervals",
    "figures": "the numbers behind the answer, as JSON",
}
# The tables that an answer is made from.
TABLES = ("experiments", "summary", "seeds", "runs", "comparisons")

SAME, WORSE, BETTER = "hardly any change", "worse", "better"
NOT_WORSE, NOT_BETTER, UNDECIDED = "no worse", "no better", "undecided"
EXPECTED = {"same": SAME, "worse": WORSE}
REFUTED_BY = {"same": {WORSE, BETTER}, "worse": {SAME, NOT_WORSE, BETTER}}


def verdict(low: float, high: float, margin: float) -> str:
    """The verdict on a difference, by which ends of its interval exceed the margin."""
    if high < -margin:
        return WORSE
    if low > margin:
        return BETTER
    if low > -margin:
        return SAME if high < margin else NOT_WORSE
    return NOT_BETTER if high < margin else UNDECIDED


def outcome(expectation: str, verdicts: dict[str, str]) -> str:
    """Which experiments confirm or refute an expectation, or leave it undecided."""
    groups: dict[str, list[str]] = {"confirmed": [], "refuted": [], "undecided": []}
    for name, found in verdicts.items():
        if found == EXPECTED[expectation]:
            groups["confirmed"].append(name)
        else:
            groups["refuted" if found in REFUTED_BY[expectation] else "undecided"].append(name)
    return ", ".join(f"{key} by {' and '.join(names)}" for key, names in groups.items() if names)


def make(
    tables: dict[str, pd.DataFrame], *, questions: dict[str, dict[str, Any]], margin: float
) -> pd.DataFrame:
    """A row for each question: expectation, outcome, the answer in one sentence, its numbers.

    Args:
        tables: those that `TABLES` names.
        questions: text and expectation by name.
        margin: differences of accuracy up to this count as hardly any change.
    """
    facts = [_facts(row, tables, margin) for row in _on_questions(tables["experiments"])]
    rows = []
    for name, question in questions.items():
        question_facts = [fact for fact in facts if fact["question"] == name]
        if not question_facts:
            continue
        rows.append(
            {
                "question": name,
                "text": question["text"],
                "expectation": EXPECTED.get(question["expectation"]),
                "outcome": _outcome(question["expectation"], question_facts),
                "answer": _sentence(question["expectation"], question_facts),
                "figures": json.dumps(question_facts),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _on_questions(experiments: pd.DataFrame) -> list[dict[Any, Any]]:
    chosen = experiments[experiments["question"].notna() & experiments["compare_to"].notna()]
    return chosen.to_dict("records")


def _facts(
    experiment: dict[Any, Any], tables: dict[str, pd.DataFrame], margin: float
) -> dict[str, Any]:
    """The numbers of one experiment and its comparison with the base."""
    name, base = experiment["experiment"], experiment["compare_to"]
    difference = _row(exact_matches(tables["comparisons"]), experiment=name)
    summary = _row(complete_windows(exact_matches(tables["summary"])), experiment=name)
    base_facts = _row(tables["experiments"], experiment=base)
    runs = tables["runs"][tables["runs"]["experiment"] == name]
    learned = runs["epochs_to_learn"].dropna()
    return {
        "experiment": name,
        "question": experiment["question"],
        "base": base,
        "base_size": all(experiment[key] == base_facts[key] for key in ("cells", "epochs")),
        "parameters": int(runs["parameters"].iloc[0]),
        "epochs": int(experiment["epochs"]),
        "exact_match": float(summary["mean"]),
        "exact_match_low": float(summary["low"]),
        "exact_match_high": float(summary["high"]),
        "difference": float(difference["difference"]),
        "low": float(difference["low"]),
        "high": float(difference["high"]),
        "p_holm": float(difference["p_holm"]),
        "seeds": len(runs),
        "learned": len(learned),
        "median_epochs_to_learn": float(learned.median()) if len(learned) else None,
        "verdict": verdict(difference["low"], difference["high"], margin),
    } | (_regression(experiment, tables) if experiment["encoding"] == "linear" else {})


def _regression(experiment: dict[Any, Any], tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    """The errors of a regression, and the squared error of always answering the mean."""
    exact = complete_windows(exact_matches(tables["seeds"]))
    own = exact[exact["experiment"] == experiment["experiment"]]
    return {
        "mean_absolute_error": float(own["distance"].mean()),
        "squared_error": float(own["loss"].mean()),
        "squared_error_of_the_mean": float(experiment["chance_loss"]),
    }


def _row(table: pd.DataFrame, **where: str) -> dict[Any, Any]:
    """The one row of a table with these values."""
    for column, value in where.items():
        table = table[table[column] == value]
    (row,) = table.to_dict("records")
    return row


def _outcome(expectation: str | None, facts: list[dict[str, Any]]) -> str | None:
    if expectation is None:
        return None
    return outcome(expectation, {f["experiment"]: f["verdict"] for f in facts if f["base_size"]})


def _sentence(expectation: str | None, facts: list[dict[str, Any]]) -> str:
    clauses = "; ".join(map(_clause, facts))
    if expectation is None:
        return f"{clauses}."
    result = _outcome(expectation, facts) or "none of that size"
    return f"Expected at the base size: {EXPECTED[expectation]} ({result}): {clauses}."


def _clause(fact: dict[str, Any]) -> str:
    learned = f"{fact['learned']} of {fact['seeds']} seeds learn it"
    if fact["learned"]:
        learned += f", after {fact['median_epochs_to_learn']:.0f} epochs (median)"
    return (
        f"{fact['experiment']} has an exact match of {fact['exact_match']:.4f}, "
        f"{fact['difference']:+.4f} ({fact['low']:+.4f} to {fact['high']:+.4f}) beside "
        f"{fact['base']}, {fact['verdict']}, and {learned}{_how_far_off(fact)}"
    )


def _how_far_off(fact: dict[str, Any]) -> str:
    if "mean_absolute_error" not in fact:
        return ""
    return (
        f", {fact['mean_absolute_error']:.2f} integers off on average (squared error "
        f"{fact['squared_error']:.2g}, that of the mean predictor "
        f"{fact['squared_error_of_the_mean']:.4f})"
    )
