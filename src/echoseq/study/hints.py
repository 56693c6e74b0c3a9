"""What a valid configuration may do otherwise than its author expects, each in one line."""

from echoseq.study.schema import Study


def hints(study: Study) -> list[str]:
    """Lines about a study, each with the key that it is about."""
    return [
        f"experiments.{name}.compare_to: only `extensions` makes comparisons, the study does not"
        for name in sorted(study.names(extensions=False))
        if study.experiments[name].compare_to is not None
    ]
