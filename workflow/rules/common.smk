"""What the rules share: the checked configuration, and the code behind each step."""

import os
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from echoseq import study as configuration
from echoseq.errors import EchoseqError
from echoseq.files import canonical_json, clear_unfinished
from echoseq.provenance import code_closure, package_folder
from echoseq.snapshots import EVALUATION, TRAINING
from echoseq.verification import runs_to_train

try:
    STUDY = configuration.load(config)
except EchoseqError as error:
    sys.exit(f"echoseq: configuration: {error}")

if any(":" in experiment.model for experiment in STUDY.experiments.values()):
    # Models of the user's own are built once here, so that a mistake is told before any job
    # starts. It takes the seconds that TensorFlow needs to load.
    from echoseq.models import build

    for name, experiment in STUDY.experiments.items():
        if ":" not in experiment.model:
            continue
        try:
            build(configuration.training_plan(STUDY, name), seed=0)
        except EchoseqError as error:
            sys.exit(f"echoseq: configuration: experiments.{name}.{error}")

# How training is run reaches the scripts in the configuration, not in params, so that a change of
# it re-runs nothing, but that of `seeds_per_job`, which makes other jobs.
config["execution"] = STUDY.execution.model_dump()

EXPERIMENTS = sorted(STUDY.experiments)  # another order in the file changes nothing
CORE = sorted(STUDY.names(extensions=False))
FORMATS = ["pdf", "svg", "png", "txt"]  # of a figure; the text is its caption


RESULTS = f"results/{STUDY.version}"
VERIFIED = f"results/verify/{STUDY.version}"
PUBLISHED = f"results/published/{STUDY.version}"

# The two parts of the report.
STUDY_PART = "Study"
QUESTIONS_PART = "The open questions"


# <results> in a path is the folder of this version, <verify> that of its verification. They are no
# wildcards, so that rules without any can be asked for by name.
pathvars:
    results=RESULTS,
    verify=VERIFIED,


wildcard_constraints:
    task="|".join(STUDY.tasks),
    experiment="|".join(EXPERIMENTS),
    seed="[0-9]+",
    format="|".join(FORMATS),


def code(source):
    """The package's modules that a script or module imports, as inputs.

    Snakemake does not see changes in imported code; naming the files makes a change re-run what
    depends on it, and nothing else.
    """
    if source.endswith(".py"):
        path = Path(workflow.basedir, "workflow/scripts", source)
    else:
        path = package_folder().joinpath(*source.split(".")[1:]).with_suffix(".py")
    return [os.path.relpath(module) for module in code_closure([path])]


def resolved():
    """The configuration that bears on results, with every default, as one canonical text."""
    return canonical_json(STUDY.model_dump(mode="json", exclude={"execution", "verify"}))


def growing(first):
    """A resource that a job gets more of each time it is tried again (`retries` of the profile)."""
    return lambda wildcards, attempt: first * attempt


def snapshots_of(seeds):
    """The snapshots of some seeds, of the task of an experiment."""
    return lambda wildcards: expand(
        "<results>/data/{task}/seed-{seed}.npz", task=task_of(wildcards), seed=seeds
    )


def name_of(seeds):
    """A short name of some seeds, which no others have."""
    name = f"{seeds[0]}_to_{seeds[-1]}"
    if seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return name
    return f"{name}_{sha256(str(seeds).encode()).hexdigest()[:8]}"


def run_files(name, seeds):
    """A file of the runs of some seeds."""
    return expand(f"<results>/runs/{{{{experiment}}}}/seed-{{seed}}/{name}", seed=seeds)


def plan(experiment):
    """What determines the training of an experiment, as one canonical text."""
    return canonical_json(configuration.training_plan(STUDY, experiment))


def task_sizes(task):
    """What determines the integers of a task, as one canonical text."""
    return canonical_json(STUDY.tasks[task].model_dump(include={"length", "alphabet"}))


def task_of(wildcards):
    return STUDY.experiments[wildcards.experiment].task


def summary_settings():
    """The settings of the tables of accuracy, as one canonical text."""
    keys = {"confidence", "resamples", "success"}
    return canonical_json(STUDY.statistics.model_dump(include=keys))


def of_seeds(pattern):
    """The paths of a pattern for every seed of the experiment in question."""
    return lambda wildcards: expand(
        pattern, experiment=wildcards.experiment, seed=STUDY.seeds_of(wildcards.experiment)
    )


def of_runs(pattern, experiments):
    """The paths of a pattern for every seed of every experiment."""
    return [
        path
        for name in experiments
        for path in expand(pattern, experiment=name, seed=STUDY.seeds_of(name))
    ]


def files_of(experiments):
    """The files of experiments: data, runs, predictions."""
    run_files = "<results>/runs/{experiment}/seed-{seed}/"
    names = ["model.keras", "history.csv", "run.json", "timing.json"]
    data = [
        path
        for name in experiments
        for task in [STUDY.experiments[name].task]
        for path in [
            f"<results>/data/{task}/evaluation.npz",
            *expand(f"<results>/data/{task}/seed-{{seed}}.npz", seed=STUDY.seeds_of(name)),
        ]
    ]
    answers = ["predictions.npz", "listing.txt"]
    return [
        *sorted(set(data)),
        *(path for name in names for path in of_runs(run_files + name, experiments)),
        *expand("<results>/runs/{experiment}/{file}", experiment=experiments, file=answers),
    ]


def own_model(wildcards):
    """The file of a model of the user's own, which its runs depend on."""
    source, _, function = STUDY.experiments[wildcards.experiment].model.partition(":")
    return [os.path.relpath(sys.modules[source].__file__)] if function else []


def in_report(pattern, part):
    """The files of a figure, its SVG shown in a part of the report with the caption beside it.

    The caption's path is absolute, because Snakemake takes others from the rule's own file. It is
    read when the report is made, and no sooner.
    """
    name = os.path.basename(pattern).removesuffix(".{format}")
    shown = report(
        pattern.format(format="svg"),
        caption=os.path.abspath(pattern.replace("<results>", RESULTS).format(format="txt")),
        category="Figures",
        subcategory=part,
        labels={"figure": name.replace("_", " ").capitalize()},
    )
    return [shown if format == "svg" else pattern.format(format=format) for format in FORMATS]


def table_pages(pattern, tables, part):
    """The pages of tables (table: what a row of it is), shown in a part of the report."""
    pages = []
    for table, row in tables.items():
        page = report(
            pattern.format(table=table),
            caption=f"{workflow.basedir}/workflow/report/{table}.rst",
            category="Tables",
            subcategory=part,
            labels={"table": table, "a row for each": row},
        )
        pages.append(page)
    return pages


def questions_if_answered(wildcards):
    """What the extensions make, if they have been made before."""
    answered = os.path.exists(f"{RESULTS}/tables/answers.csv")
    return rules.extensions.input if answered else []


@cache
def verified_runs():
    """The published runs to train again: the seeds of each experiment.

    None if they cannot be compared; the rule that asks for them then says why.
    """
    plans = {name: configuration.training_plan(STUDY, name) for name in EXPERIMENTS}
    try:
        return runs_to_train(Path(PUBLISHED), STUDY.model_dump(mode="json"), plans)
    except EchoseqError:
        return {}


def of_verified_seeds(pattern):
    """The paths of a pattern for every verified seed of the experiment in question."""
    return lambda wildcards: expand(
        pattern,
        experiment=wildcards.experiment,
        seed=verified_runs().get(wildcards.experiment, []),
    )


def of_verified(pattern):
    """The paths of a pattern for every verified run, each once."""
    return lambda wildcards: sorted(
        {
            path
            for name, seeds in verified_runs().items()
            for path in expand(pattern, experiment=name, seed=seeds)
        }
    )
