"""What a study makes: every item of each target, without asking Snakemake, which takes seconds.

The rules of workflow/rules/ make these files; a test compares both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from echoseq.errors import EchoseqError
from echoseq.figures.catalogue import FIGURES, FORMATS, Description, figures_of, own_figures
from echoseq.layout import (
    ABLATIONS,
    CONFIG,
    ENVIRONMENT,
    FIGURE,
    HELD_OUT,
    LISTING,
    MANIFEST,
    PAGE,
    PAPER,
    PREDICTIONS,
    PROBE_DATA,
    PROBES,
    SNAPSHOT,
)
from echoseq.places import RUN_FILES, run_folder
from echoseq.study.schema import EXTENSIONS, PUBLISHED, STUDY, Study
from echoseq.tables.catalogue import (
    ABLATED,
    CLAIMED,
    MEASURED,
    OTHERS,
    PER_PART,
    PROBED,
    made_from,
    table_file,
)

PAGE_TARGET = "page"
PARTS = (
    *("description", "data", "runs", "predictions", "probes", "ablations"),
    *("tables", "figures", "documents"),
)


@dataclass(frozen=True)
class Item:
    """Something that is there if all its files are.

    part: one of `PARTS`.
    name: within the part.
    paths: in the folder of the version.
    run: the experiment and the seed, if it is a run.
    """

    part: str
    name: str
    paths: tuple[str, ...]
    run: tuple[str, int] | None = None


def expected(study: Study) -> dict[str, list[Item]]:
    """What each target makes, without what one before it makes too; only targets of the study."""
    core, added = ([*study.names(extensions=which)] for which in (False, True))
    items = {
        STUDY: [*_description(), *_networks(study, core), *_study_tables(), *_drawn(study, STUDY)],
        EXTENSIONS: [
            *_networks(study, added),
            *_insides(study),
            *_answers(study),
            *_drawn(study, EXTENSIONS),
        ],
        PUBLISHED: [*_networks(study, study.met()), *_compared(study)],
        PAGE_TARGET: [Item("documents", PAGE, (PAGE,))],
    }
    items[STUDY] += [Item("documents", name, (name,)) for name in (PAPER, MANIFEST)]
    if not added and not study.probed():
        del items[EXTENSIONS]
    if not study.met():
        del items[PUBLISHED]
    return _each_once(items)


def _each_once(items: dict[str, list[Item]]) -> dict[str, list[Item]]:
    seen: set[Item] = set()
    kept = {}
    for target, own in items.items():
        kept[target] = [item for item in dict.fromkeys(own) if item not in seen]
        seen.update(own)
    return kept


def _description() -> Iterator[Item]:
    for name in (CONFIG, ENVIRONMENT):
        yield Item("description", name, (name,))


def _networks(study: Study, names: Iterable[str]) -> Iterator[Item]:
    """The data, the runs and the answers of experiments."""
    for name in names:
        task = study.experiments[name].task
        yield Item("data", f"{task}, held out", (HELD_OUT.format(task=task),))
        for seed in study.seeds_of(name):
            data = SNAPSHOT.format(task=task, seed=seed)
            yield Item("data", f"{task}, seed {seed}", (data,))
            folder = run_folder(name, seed)
            files = tuple(f"{folder}/{file}" for file in RUN_FILES)
            yield Item("runs", f"{name}, seed {seed}", files, (name, seed))
        files = (PREDICTIONS.format(experiment=name), LISTING.format(experiment=name))
        yield Item("predictions", name, files)


def _insides(study: Study) -> Iterator[Item]:
    """What probes read, and what is answered with something taken away."""
    for name in study.probed():
        task = study.experiments[name].task
        yield Item("data", f"{task}, for probes", (PROBE_DATA.format(task=task),))
        yield Item("probes", name, (PROBES.format(experiment=name),))
    for name in study.ablated():
        yield Item("ablations", name, (ABLATIONS.format(experiment=name),))


def _tables(names: Iterable[str], *, extensions: bool) -> Iterator[Item]:
    for name in names:
        yield Item("tables", name, (table_file(name, extensions=extensions),))


def _study_tables() -> Iterator[Item]:
    yield from _tables(["experiments", *made_from(*PER_PART)], extensions=False)


def _answers(study: Study) -> Iterator[Item]:
    """The tables of the extensions."""
    sources = [*PER_PART, "pairs", OTHERS, MEASURED]
    sources += [CLAIMED] if study.claims(EXTENSIONS) else []
    sources += [PROBED] if study.probed() else []
    sources += [ABLATED] if study.ablated() else []
    yield from _tables(made_from(*sources), extensions=True)


def _compared(study: Study) -> Iterator[Item]:
    """What is beside what others published."""
    yield from _tables(made_from(PUBLISHED), extensions=False)
    yield from _drawn(study, PUBLISHED)


def _drawn(study: Study, part: str) -> Iterator[Item]:
    added = study.names(extensions=True)
    figures = figures_of(
        part,
        questions={study.experiments[name].question or "" for name in added},
        probing=[name for name, question in study.questions.items() if question.probes],
        figures=FIGURES | _own(study),
    )
    for name in figures:
        path = FIGURE.format(figure=name)
        yield Item("figures", name, tuple(f"{path}.{form}" for form in FORMATS))


def _own(study: Study) -> dict[str, Description]:
    """Figures of the user's own; none where their modules are not in the working directory."""
    try:
        return own_figures(study.figures, study.questions)
    except EchoseqError:
        return {}
