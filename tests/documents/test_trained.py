"""How experiments were trained, in words."""

from typing import Any

import pandas as pd

from echoseq.documents.trained import trained

ADAM: dict[str, Any] = {"optimizer": "Adam", "schedule": None, "learning_rate": 0.001}


def ways(*experiments: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows = [
        {"experiment": f"echo_{index}", "question": None, "stateful": True} | ADAM | own
        for index, own in enumerate(experiments)
    ]
    keys = ("optimiser", "rate", "where")
    return [tuple(way[key] for key in keys) for way in trained(pd.DataFrame(rows))["ways"]]


def test_one_way_is_told_without_names() -> None:
    assert ways({}, {}) == [("Adam", "a learning rate of 0.001", "")]


def test_the_most_usual_way_is_first_and_others_are_where_they_are_used() -> None:
    follows = "ExponentialDecay (decay_rate 0.1)"
    assert ways(
        {"optimizer": "SGD (momentum 0.9)", "question": "cell"},
        *({"learning_rate": rate, "question": name} for rate, name in ((0.03, "b"), (0.01, "a_b"))),
        *[{}] * 3,
        *({"schedule": follows, "question": "b"} for _ in range(3)),
        {"optimizer": "RMSprop", "learning_rate": 0.001},
    ) == [
        ("Adam", "a learning rate of 0.001", ""),
        ("Adam", f"a learning rate that follows {follows}", "3 experiments, on b"),
        ("Adam", "learning rates of 0.01 and 0.03", "2 experiments, on b and a b"),
        ("RMSprop", "a learning rate of 0.001", "echo 9"),
        ("SGD (momentum 0.9)", "a learning rate of 0.001", "one experiment, on cell"),
    ]


def test_of_how_many_the_state_is_carried() -> None:
    def told(*stateful: bool) -> str:
        rows = [{"experiment": "a", "question": None, "stateful": own} | ADAM for own in stateful]
        return str(trained(pd.DataFrame(rows))["carried"])

    assert [told(True), told(True, False), told(False, False)] == ["all", "some", "none"]
