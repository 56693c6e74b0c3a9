"""What the rules share: the checked configuration, and the code behind each step."""

import os
import shutil
import sys
from functools import cache
from pathlib import Path

from snakemake.utils import update_config

from echoseq.code import code_digest, package_folder
from echoseq.data.snapshots import EVALUATION, PROBES, TRAINING
from echoseq.errors import EchoseqError
from echoseq.evaluation.checking import check_plans
from echoseq.figures.catalogue import (
    EXTENSIONS,
    FIGURES,
    FORMATS,
    STUDY as CORE_PART,
    figures_of,
    own_figures,
)
from echoseq.escaping import inert_json
from echoseq.files import clear_unfinished
from echoseq.own import own_file
from echoseq.study.architectures import code_behind, model_file, task_files
from echoseq.study.blocks import block_name, shared_blocks
from echoseq.study.hints import hints
from echoseq.study.reading import (
    check_files,
    from_command_line,
    load,
    over,
    read_yaml,
    require_once,
)
from echoseq.tables.catalogue import TABLES, TABLES_READ, made_from, settings_text, table_file
from echoseq.tables.store import digest_path
from echoseq.versions.shares import by_experiment
from echoseq.versions.verification import verifiable

PROJECT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
IMPORTED = workflow.modifier.skip_configfile  # a module of another workflow, which configures it

if not (PROJECT / "workflow/scripts").is_dir():
    sys.exit("echoseq: snakefile: expected the Snakefile of a clone on this machine")

DEFAULTS = PROJECT / "config/config.yaml"
GIVEN = workflow.config_settings.config  # with --config


def overridden(config):
    """The configuration, with what overrides the default one.

    The default file overrides nothing, though Snakemake's unit tests name it after the others.
    """
    settings = workflow.config_settings
    others = [path for path in settings.configfiles if path.resolve() != DEFAULTS.resolve()]
    if len(others) == len(settings.configfiles):
        return over(config, from_command_line(settings.overwrite_config, GIVEN))
    given = {}
    for layer in [*map(read_yaml, others), GIVEN]:
        update_config(given, layer)
    return over(read_yaml(DEFAULTS), from_command_line(given, GIVEN))


try:
    if IMPORTED:
        config = over(read_yaml(DEFAULTS), from_command_line(config, GIVEN))
    else:
        if workflow.is_main_process:
            require_once(sys.argv[1:])
        check_files(workflow.configfiles)  # includes those of --configfile
        config = overridden(config)
    STUDY = load(config)
    PLANS = {name: STUDY.plan_of(name) for name in sorted(STUDY.experiments)}
    if workflow.is_main_process:
        check_plans(PLANS, STUDY.probed())
    OWN_FIGURES = own_figures(STUDY.figures, STUDY.questions)
except EchoseqError as error:
    sys.exit(error.told("echoseq: configuration: "))

if workflow.is_main_process:
    for hint in hints(STUDY):
        print(f"echoseq: configuration: {hint}", file=sys.stderr)

# Scripts get the settings of `execution` from the configuration, not from params, so that a change
# re-runs nothing, except for `seeds_per_job`, which creates other jobs. This is a new mapping, because
# that of a module is also that of the workflow that imports it.
config = {**config, "execution": STUDY.execution.model_dump()}

EXPERIMENTS = sorted(STUDY.experiments)  # the order in the file does not matter
TWINS = STUDY.twins()
TRAINED = [name for name in EXPERIMENTS if name not in TWINS]
PROBED = STUDY.probed()  # the seeds of each experiment that is probed
CORE, ADDED = (sorted(STUDY.names(extensions=added)) for added in (False, True))


def placed(path):
    """A path as it is on disk: with the prefix of the module, if this is one that has a prefix.

    Snakemake puts it before inputs, outputs and logs, but before nothing else.
    """
    return str(workflow.modifier.modify_path(path))


def sources(paths):
    """Paths of the project's own files as inputs, to which no prefix applies."""
    return [local(os.path.relpath(path)) for path in paths]


VERIFY = f"results/verify/{STUDY.version}"
RESULTS, VERIFIED, PUBLISHED = map(
    placed, [f"results/{STUDY.version}", VERIFY, f"results/published/{STUDY.version}"]
)
(LOCK,) = sources([PROJECT / "requirements.lock"])
RUN = "<results>/runs/{experiment}/seed-{seed}"
RUN_FILES = ["model.keras", "history.csv", "run.json", "timing.json"]


# <results> in a path is the folder of this version, not a wildcard: rules can be requested by name.
pathvars:
    results=f"results/{STUDY.version}",


wildcard_constraints:
    task="|".join(STUDY.tasks),
    experiment="|".join(EXPERIMENTS),
    seed="0|[1-9][0-9]*",


@cache
def digest(script, *modules):
    """The digest of the code of a script, and of modules that it loads by name."""
    return code_digest([PROJECT / "workflow/scripts" / script, *modules])


def code(script, *modules):
    """The digest as a param, so that a change in the code re-runs what depends on it, and no more.

    It is a function, because a job reads the code behind its own step only.
    """
    return lambda wildcards: digest(script, *modules)


def code_of_tables(source):
    """The code that makes the tables of a source."""
    modules = [f"sources/{source}", *made_from(source)]
    return code("tables.py", *(package_folder() / f"tables/{module}.py" for module in modules))


def code_with_model(script):
    """The code of a script, of the experiment's model, and of a task of the user's own."""
    return lambda wildcards: digest(script, *code_behind(PLANS[wildcards.experiment]))


def code_with_task(script):
    """The code of a script, and of a task of the user's own."""
    return lambda wildcards: digest(script, *task_files(PLANS[wildcards.experiment]))


def figure_file(figure):
    """The module of a figure; the user's own is found as a model is, in the working directory."""
    if figure in OWN_FIGURES:
        return model_file(f"{figure}:draw")
    return package_folder() / f"figures/{figure}.py"


def own_code():
    """The files of the user's own models and figures, in the working directory."""
    found = {own_file(path) for plan in PLANS.values() for path in plan.own_code()}
    found |= set(map(figure_file, OWN_FIGURES))
    here = Path.cwd()
    files = [file for file in sorted(found) if file.is_relative_to(here)]
    # An installed package may be in the working directory too, in its .venv.
    shown = [f for f in files if not any(p.startswith(".") for p in f.relative_to(here).parts)]
    return sources(shown)


# The files behind the results that are not the project's, also for scripts.
config["used"] = [*map(str, workflow.configfiles), *map(str, own_code())]


def require_slurm():
    """Refuse to submit jobs where there is no Slurm, whose plugin would try to reach it for ever."""
    if workflow.executor_plugin.name == "slurm" and shutil.which("sbatch") is None:
        sys.exit("echoseq: found no Slurm on this machine (no sbatch): run on a login node")


def more_each_time(first):
    """A resource that grows each time a job is tried again (`retries` of the profile)."""
    return lambda wildcards, attempt: first * attempt


def table_settings(source):
    """The source of tables and the settings that they depend on, as params."""
    study = STUDY.model_dump(mode="json")
    return {"source": source, "settings": settings_text(made_from(source), study)}


def plans_of(experiments):
    """The plans that runs must have been trained with, as a param."""
    plans = {name: PLANS[name].facts() for name in experiments}
    return lambda wildcards: inert_json(plans)


def shared_rules(name, seeds_of):
    """A rule for single seeds, and one for each set that shares a job; a set can be no wildcard.

    Yields the name of the rule, its seeds, the name of its log, and its experiments or tasks.
    """
    single = f"{name}_seed"  # the name alone is that of a target, which has no wildcards
    yield single, ("{seed}",), "seed-{seed}", seeds_of
    for seeds, own in shared_blocks(seeds_of, STUDY.execution.seeds_per_job).items():
        block = block_name(seeds)
        workflow.ruleorder(f"{name}_{block}", single)
        yield f"{name}_{block}", seeds, f"seeds-{block}", own


def held_out(experiment):
    return f"<results>/data/{STUDY.experiments[experiment].task}/evaluation.npz"


def probe_data(experiment):
    return f"<results>/data/{STUDY.experiments[experiment].task}/probes.npz"


def probed_runs(file, experiment):
    """A file of every run of an experiment that is probed."""
    return expand(f"{RUN}/{file}", experiment=experiment, seed=PROBED[experiment])


def snapshots(experiment, seeds):
    task = STUDY.experiments[experiment].task
    return expand("<results>/data/{task}/seed-{seed}.npz", task=task, seed=seeds)


def training_snapshots(seeds):
    """The snapshots of seeds for the task of the experiment."""
    return lambda wildcards: [
        path.format(seed=wildcards.get("seed")) for path in snapshots(wildcards.experiment, seeds)
    ]


def predictions(experiments):
    return expand("<results>/runs/{experiment}/predictions.npz", experiment=experiments)


def each_run(file, experiments, seeds_of=STUDY.seeds_of):
    """A file of every run of the experiments."""
    return flatten(
        [expand(f"{RUN}/{file}", experiment=name, seed=seeds_of(name)) for name in experiments]
    )


def files_of(experiments):
    """The files of experiments: data, runs, predictions."""
    training = flatten([snapshots(name, STUDY.seeds_of(name)) for name in experiments])
    data = sorted({*training, *map(held_out, experiments)})
    runs = flatten([each_run(name, experiments) for name in RUN_FILES])
    listings = expand("<results>/runs/{experiment}/listing.txt", experiment=experiments)
    return [*data, *runs, *predictions(experiments), *listings]


def table_files(names, part=CORE_PART):
    """The paths of tables by name."""
    return {n: f"<results>/{table_file(n, extensions=part == EXTENSIONS)}" for n in names}


def digests_of(tables):
    """The paths of the digests of tables, which whoever reads them needs as well."""
    return [str(digest_path(Path(table))) for table in tables]


def with_digests(tables):
    """The paths of tables by name, and under `digests` those of their digests."""
    return {**tables, "digests": digests_of(tables.values())}


ASKED = sorted({STUDY.experiments[name].question for name in ADDED})
PROBING = sorted(name for name, question in STUDY.questions.items() if question.probes)
KNOWN_FIGURES = FIGURES | OWN_FIGURES
DRAWN = {part: figures_of(part, ASKED, PROBING, KNOWN_FIGURES) for part in (CORE_PART, EXTENSIONS)}


def figure_files(part, formats=FORMATS):
    return expand("<results>/figures/{figure}.{format}", figure=DRAWN[part], format=formats)


PER_PART = made_from("predictions", "runs")
PROBE_TABLES = made_from("probes")
ANSWER_TABLES = made_from("pairs", "tables") + (PROBE_TABLES if PROBED else [])

# Whether the extensions have been made: paper and report include them if so, but never make them.
ANSWERED = all(
    Path(path.replace("<results>", RESULTS)).exists()
    for path in [*table_files(ANSWER_TABLES).values(), *figure_files(EXTENSIONS)]
)

# The parts of the report.
PARTS = {CORE_PART: "Study", EXTENSIONS: "The open questions"}


def shown(path, caption, part, category, **labels):
    """A file shown in a part of the report, with its caption.

    The caption's path is absolute, because Snakemake resolves relative paths from the rule's file.
    The caption is read only when the report is made.
    """
    caption = os.path.abspath(caption.replace("<results>", RESULTS))
    return report(path, caption=caption, category=category, subcategory=PARTS[part], labels=labels)


def shown_figure(name, part):
    """The files of a figure; its SVG is shown in the report, with its caption."""
    files = {form: f"<results>/figures/{name}.{form}" for form in FORMATS}
    label = name.replace("_", " ").capitalize()
    caption = f"<results>/report/figures/{name}.rst"
    svg = shown(files["svg"], caption, part, "Figures", figure=label)
    return [*(files | {"svg": svg}).values(), caption]


def shown_table(name, part):
    """The page of a table, shown in the report, and its caption."""
    page = f"<results>/report/{part}/{name}"
    labels = {"table": name, "a row for each": TABLES[name].row}
    return [shown(f"{page}.html", f"{page}.rst", part, "Tables", **labels), f"{page}.rst"]


@cache
def verified():
    """The seeds of each published experiment to train again, determined only when needed."""
    return by_experiment(verifiable(Path(PUBLISHED), STUDY))


def verified_runs(file):
    """A file of the verified runs of an experiment."""
    return lambda wildcards: each_run(
        file, [wildcards.experiment], lambda name: verified().get(name, [])
    )
