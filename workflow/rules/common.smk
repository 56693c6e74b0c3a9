"""What the stages share: the checked configuration, and the code behind each step.

In: the configuration, from files and from the command line. Out: the study, the plans of its
experiments, paths that several stages need, and `code()`.
"""

import os
import sys
from functools import cache
from pathlib import Path

from echoseq.code import Notes, code_digest
from echoseq.errors import EchoseqError
from echoseq.escaping import inert_json
from echoseq.evaluation.checking import check_plans
from echoseq.figures.catalogue import EXTENSIONS, PUBLISHED as BESIDE_PART, STUDY as CORE_PART
from echoseq.figures.catalogue import model_of, own_figures
from echoseq.own import own_files
from echoseq.study import reading
from echoseq.study.hints import hints
from echoseq.tables.catalogue import made_from, modules_behind, settings_text, table_file
from echoseq.tables.store import digests_of, with_digests

PROJECT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]
DEFAULTS = PROJECT / "config/config.yaml"
NOTES = Notes(Path(".snakemake/echoseq/sources.json"))

if not (PROJECT / "workflow/scripts").is_dir():
    sys.exit("echoseq: snakefile: expected the Snakefile of a clone on this machine")

try:
    asked = workflow.config_settings
    if workflow.modifier.skip_configfile:  # a module of another workflow, which configures it
        given = reading.from_command_line(config, asked.config)
        config = reading.over(reading.read_yaml(DEFAULTS), given)
    else:
        if workflow.is_main_process:
            reading.require_once(sys.argv[1:])
        reading.check_files(workflow.configfiles)  # includes those of --configfile
        config = reading.overridden(
            DEFAULTS, config, asked.configfiles, asked.overwrite_config, asked.config
        )
    STUDY = reading.load(config)
    PLANS = {name: STUDY.plan_of(name) for name in sorted(STUDY.experiments)}
    if workflow.is_main_process:
        check_plans(PLANS, STUDY.probed(), STUDY.probing.states, STUDY.ablated())
    OWN_FIGURES = own_figures(STUDY.figures, STUDY.questions)
except EchoseqError as error:
    sys.exit(error.told("echoseq: configuration: "))

if workflow.is_main_process:
    for hint in hints(STUDY):
        print(f"echoseq: configuration: {hint}", file=sys.stderr)

# The user's own files behind the results, in the working directory.
OWN = own_files(
    [path for plan in PLANS.values() for path in plan.own_code()] + list(map(model_of, OWN_FIGURES))
)

# Scripts get the settings of `execution` from the configuration, not from params, so that a change
# re-runs nothing, except for `seeds_per_job`, which creates other jobs. This is a new mapping, because
# that of a module is also its importer's. `used` are files behind the results, but not the project's.
config = {
    **config,
    "execution": STUDY.execution.model_dump(),
    "used": [*map(str, workflow.configfiles), *map(os.path.relpath, OWN)],
}

EXPERIMENTS = sorted(STUDY.experiments)  # the order in the file does not matter
TASK_OF = {name: STUDY.experiments[name].task for name in EXPERIMENTS}
SWEEP_OF = {name: STUDY.experiments[name].sweep for name in EXPERIMENTS}
PROBED = STUDY.probed()  # the seeds of each experiment that is probed
CORE, ADDED = (sorted(STUDY.names(extensions=added)) for added in (False, True))

# Paths as they are on disk: with the prefix of the module, if this is one that has a prefix. Snakemake
# puts it before inputs, outputs and logs, but before nothing else.
RESULTS, VERIFIED, PUBLISHED = (
    str(workflow.modifier.modify_path(f"results/{folder}{STUDY.version}"))
    for folder in ("", "verify/", "published/")
)


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
    return code_digest([PROJECT / "workflow/scripts" / script, *modules], NOTES)


def code(script, *modules):
    """The digest as a param, so that a change in the code re-runs what depends on it, and no more.

    It is a function, because a job reads the code behind its own step only.
    """
    return lambda wildcards: digest(script, *modules)


def code_with(files_of, script, *modules):
    """The code of a script, and of files that the plan of the experiment names, and more modules."""
    return lambda wildcards: digest(script, *files_of(PLANS[wildcards.experiment]), *modules)


def plans_of(experiments):
    """The plans that runs must have been trained with, as a param."""
    return lambda wildcards: inert_json({name: PLANS[name].facts() for name in experiments})


def table_params(source):
    """What tables depend on besides their inputs, as params: settings, and the code that makes them."""
    settings = settings_text(made_from(source), STUDY.model_dump(mode="json"))
    made_by = code("tables.py", *modules_behind(source))
    return {"source": source, "settings": settings, "code": made_by}


def sources(paths):
    """Paths of files that are not results as inputs, to which no prefix of a module applies."""
    return [local(os.path.relpath(path)) for path in paths]


def each_run(file, experiments, seeds_of=STUDY.seeds_of):
    """A file of every run of the experiments."""
    return [
        f"<results>/runs/{name}/seed-{seed}/{file}"
        for name in experiments
        for seed in seeds_of(name)
    ]


def predictions(experiments):
    return [f"<results>/runs/{name}/predictions.npz" for name in experiments]


def table_files(names, part=CORE_PART):
    """The paths of tables by name."""
    return {n: f"<results>/{table_file(n, extensions=part == EXTENSIONS)}" for n in names}


def more_each_time(first):
    """A resource that grows each time a job is tried again (`retries` of the profile)."""
    return lambda wildcards, attempt: first * attempt
