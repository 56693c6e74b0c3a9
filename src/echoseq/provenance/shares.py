"""Which of the published runs are trained again: a share of them, by name."""

from collections.abc import Collection

from echoseq.provenance.records import RunName
from echoseq.study.schema import Study
from echoseq.wording import plural, with_copies

SHARES = {
    "sample": "the study, and one run of each question",
    "study": "the study",
    "one": "one seed of each experiment",
    "all": "every run",
}


def runs_of_share(share: str, published: Collection[RunName], study: Study) -> list[RunName]:
    """The runs of a share, sorted; a copy of a run stands for the run that was trained.

    Args:
        share: one of `SHARES`.
        published: all published runs, of experiments of the study.
    """
    twins = study.twins()
    trained = sorted({(twins.get(name, name), seed) for name, seed in published} & {*published})
    core = [run for run in trained if study.experiments[run[0]].question is None]
    if share == "one":
        return [(name, min(seeds)) for name, seeds in by_experiment(trained).items()]
    if share == "sample":
        return sorted({*core, *_one_of_each_question(trained, core, study)})
    return core if share == "study" else trained


def size_text(study: Study) -> str:
    """How many experiments and runs a study has: 199 experiments, 935 runs and 150 copies."""
    every = [(name, seed) for name in study.experiments for seed in study.seeds_of(name)]
    runs = len(runs_of_share("all", every, study))
    experiments = plural(len(study.experiments), "experiment")
    return f"{experiments}, {with_copies(runs, len(every) - runs)}"


def share_text(share: str, runs: Collection[RunName], study: Study) -> str:
    """A share and what it holds, for messages; arguments as for and from `runs_of_share`."""
    asked = any(study.experiments[name].question for name, _ in runs)
    nothing = share == "sample" and not asked
    return f"{share}: {SHARES['study'] + ', no question has runs' if nothing else SHARES[share]}"


def by_experiment(runs: Collection[RunName]) -> dict[str, list[int]]:
    """The seeds of each experiment, all sorted."""
    seeds: dict[str, list[int]] = {}
    for name, seed in sorted(runs):
        seeds.setdefault(name, []).append(seed)
    return seeds


def _one_of_each_question(
    trained: Collection[RunName], taken: Collection[RunName], study: Study
) -> list[RunName]:
    """For each question a run that is not taken, if it has one: the lowest seed of an experiment.

    It is the experiment of the planned contrast, on which the answer rests, or else the first.
    """
    twins, seeds, contrasts = study.twins(), by_experiment(trained), study.contrasts()
    chosen: list[RunName] = []
    for question in sorted(study.questions):
        tested = [contrasts[question].experiment] if question in contrasts else []
        trains = [twins.get(name, name) for name in (*tested, *study.names_on(question))]
        runs = [(name, seeds[name][0]) for name in trains if name in seeds]
        chosen += [run for run in runs if run not in taken and run not in chosen][:1]
    return chosen
