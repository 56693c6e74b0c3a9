"""What the rules share: the checked configuration, and the code behind each step."""

import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from echoseq.closure import code_closure, package_folder
from echoseq.data.snapshots import EVALUATION, TRAINING
from echoseq.errors import EchoseqError
from echoseq.figures.catalogue import EXTENSIONS, FIGURES, FORMATS, STUDY as CORE_PART, figures_of
from echoseq.files import canonical_json, clear_unfinished
from echoseq.study.architectures import is_built_in, model_file
from echoseq.study.reading import load
from echoseq.tables.catalogue import TABLES, made_from, settings_of, table_file
from echoseq.versions.verification import runs_to_train

try:
    STUDY = load(config)
    PLANS = {name: STUDY.plan_of(name) for name in sorted(STUDY.experiments)}
    if workflow.is_main_process and not all(is_built_in(plan.model) for plan in PLANS.values()):
        from echoseq.networks.building import check_own_models  # takes TensorFlow's seconds

        check_own_models(PLANS)
except EchoseqError as error:
    sys.exit(f"echoseq: configuration: {error}")

# How training is run reaches the scripts in the configuration, not in params, so that a change of
# it re-runs nothing, except that of `seeds_per_job`, which makes other jobs.
config["execution"] = STUDY.execution.model_dump()

EXPERIMENTS = sorted(STUDY.experiments)  # another order in the file changes nothing
CORE = sorted(STUDY.names(extensions=False))
ADDED = sorted(STUDY.names(extensions=True))

RESULTS = f"results/{STUDY.version}"
VERIFIED = f"results/verify/{STUDY.version}"
PUBLISHED = f"results/published/{STUDY.version}"
RUN = "<results>/runs/{experiment}/seed-{seed}"


# <results> in a path is the folder of this version. It is no wildcard, so that rules without any
# can be asked for by name.
pathvars:
    results=RESULTS,


wildcard_constraints:
    task="|".join(STUDY.tasks),
    experiment="|".join(EXPERIMENTS),
    seed="[0-9]+",
    format="|".join(FORMATS),


def project(path):
    """A file of the project, from the working directory."""
    return os.path.relpath(f"{workflow.basedir}/{path}")


def code(script, *modules):
    """The package's modules that a script, and modules that it finds by name, import.

    Snakemake does not see changes in imported code; naming the files as inputs makes a change
    re-run what depends on it, and nothing else.
    """
    sources = [Path(workflow.basedir, "workflow/scripts", script)]
    sources += [package_folder() / f"{module}.py" for module in modules]
    return [os.path.relpath(module) for module in code_closure(sources)]


def code_of_tables(source, tables):
    """The code that makes tables from a source."""
    return code("tables.py", f"tables/sources/{source}", *(f"tables/{table}" for table in tables))


def training_code(wildcards):
    """The code behind the training of an experiment, its architecture or own model included."""
    model = model_file(PLANS[wildcards.experiment].model)
    own = {os.path.relpath(path) for path in [model, *code_closure([model])]}
    return sorted({*code("train.py")} | own)


def more_each_time(first):
    """A resource that a job gets more of each time it is tried again (`retries` of the profile)."""
    return lambda wildcards, attempt: first * attempt


# What determines results travels in params as canonical text.


def plan(wildcards):
    return PLANS[wildcards.experiment].text


def task_sizes(wildcards):
    return canonical_json(STUDY.tasks[wildcards.task].model_dump(include={"length", "alphabet"}))


def settings(tables):
    """What tables depend on besides their source."""
    given = STUDY.model_dump(mode="json", include={"questions"}) | STUDY.statistics.model_dump()
    return canonical_json({key: given[key] for key in settings_of(tables)})


# Which files there are.


def held_out(wildcards):
    return f"<results>/data/{STUDY.experiments[wildcards.experiment].task}/evaluation.npz"


def snapshots(seeds):
    """The snapshots of seeds, of the task of the experiment in question."""
    return lambda wildcards: expand(
        "<results>/data/{task}/seed-{seed}.npz",
        task=STUDY.experiments[wildcards.experiment].task,
        seed=[seed.format(**dict(wildcards.items())) for seed in map(str, seeds)],
    )


def predictions(experiments):
    return expand("<results>/runs/{experiment}/predictions.npz", experiment=experiments)


def each_run(file, seeds):
    """A file of every run, by the seeds of each experiment."""
    return [
        path
        for name in seeds
        for path in expand(f"{RUN}/{file}", experiment=name, seed=seeds[name])
    ]


def seeds_of(experiments):
    return {name: STUDY.seeds_of(name) for name in experiments}


def files_of(experiments):
    """The files of experiments: data, runs, predictions."""
    seeds, folders = seeds_of(experiments), {}
    for name in experiments:
        data = f"<results>/data/{STUDY.experiments[name].task}"
        folders |= dict.fromkeys(
            [f"{data}/evaluation.npz", *(f"{data}/seed-{s}.npz" for s in seeds[name])]
        )
    names = ["model.keras", "history.csv", "run.json", "timing.json"]
    answers = expand("<results>/runs/{experiment}/listing.txt", experiment=experiments)
    runs = [path for name in names for path in each_run(name, seeds)]
    return [*folders, *runs, *predictions(experiments), *answers]


def table_files(names, part=CORE_PART):
    """The paths of tables by name."""
    return {n: f"<results>/{table_file(n, extensions=part == EXTENSIONS)}" for n in names}


def figure_files(part, formats=FORMATS):
    return expand("<results>/figures/{figure}.{format}", figure=figures_of(part), format=formats)


FROM_PREDICTIONS, FROM_RUNS = made_from("predictions"), made_from("runs")
PER_PART = FROM_PREDICTIONS + FROM_RUNS
ANSWER_TABLES = made_from("pairs", "tables")

# Whether the extensions have been made: what tells of them then takes them in, and never makes them.
ANSWERED = all(
    Path(path.replace("<results>", RESULTS)).exists()
    for path in [*table_files(ANSWER_TABLES).values(), *figure_files(EXTENSIONS)]
)

# The parts of the report have the names of those of the figures.
PARTS = {CORE_PART: "Study", EXTENSIONS: "The open questions"}


def shown(path, caption, part, category, **labels):
    """A file that is shown in a part of the report, with its caption beside it.

    The caption's path is absolute, because Snakemake takes others from the rule's own file. It is
    read when the report is made, and no sooner.
    """
    caption = os.path.abspath(caption.replace("<results>", RESULTS))
    return report(path, caption=caption, category=category, subcategory=PARTS[part], labels=labels)


def shown_figure(name):
    """The files of a figure, its SVG shown in the report."""
    files = {form: f"<results>/figures/{name}.{form}" for form in FORMATS}
    label = name.replace("_", " ").capitalize()
    svg = shown(files["svg"], files["txt"], FIGURES[name].part, "Figures", figure=label)
    return [*(files | {"svg": svg}).values()]


def shown_table(name, part):
    """The page of a table, shown in the report."""
    page = f"<results>/report/{part}/{name}"
    labels = {"table": name, "a row for each": TABLES[name].row}
    return shown(f"{page}.html", f"{page}.rst", part, "Tables", **labels)


def captions(names, part):
    return expand("<results>/report/{part}/{name}.rst", part=part, name=names)


def training_rule(seeds):
    """The name of the rule that trains seeds which share a job; no others have it."""
    name = f"train_{seeds[0]}_to_{seeds[-1]}"
    if seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return name
    return f"{name}_{sha256(str(seeds).encode()).hexdigest()[:8]}"


@cache
def verified():
    """The seeds to train again of each published experiment.

    Empty if nothing can be compared; the script of the rule `verify` then says why.
    """
    try:
        return runs_to_train(Path(PUBLISHED), STUDY.model_dump(mode="json"), PLANS)
    except EchoseqError:
        return {}


def verified_runs(file):
    """A file of the verified runs of the experiment in question."""
    return lambda wildcards: each_run(
        file, {n: seeds for n, seeds in verified().items() if n == wildcards.experiment}
    )
