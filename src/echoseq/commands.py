"""What each command of `echoseq` does with its options; some return an exit code."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.api.version import Version
from echoseq.asked import echo_from
from echoseq.checked import MOST_COUNT, SEEDS, shorten
from echoseq.code import code_digest
from echoseq.data import snapshots
from echoseq.data.by_hand import for_values
from echoseq.documents import markdown
from echoseq.errors import EchoseqError
from echoseq.evaluation import listing
from echoseq.evaluation.checking import check_plans
from echoseq.figures.catalogue import own_figures
from echoseq.layout import MANIFEST
from echoseq.names import unknown
from echoseq.package import package_folder
from echoseq.places import MODEL, RECORD
from echoseq.provenance import comparison, comparison_text, manifest, verification
from echoseq.provenance import environment as provenance
from echoseq.provenance.records import own_record, record_beside
from echoseq.provenance.shares import SHARES, size_text
from echoseq.study.architectures import code_behind
from echoseq.study.default import read_study
from echoseq.study.hints import claim_hints, hints
from echoseq.study.overriding import REPLACED, overridden_plan
from echoseq.study.plan import Plan
from echoseq.study.schema import Study
from echoseq.task import MISSING, MOST, Task
from echoseq.trackers import exporting

# What `show` frames if no option says otherwise.
SHOWN: dict[str, Any] = {"length": 25, "alphabet": 100, "n_in": 5, "n_out": None, "echo": "oldest"}
# What its options may be, as in a configuration.
BOUNDS = dict.fromkeys(("length", "n-in", "n-out"), (1, MOST_COUNT)) | {"alphabet": (2, MOST)}
COMPILING = "compiling, which takes seconds"  # until the first epochs have been trained


def show(options: argparse.Namespace) -> None:
    """Print a sequence, encoded and framed: as options say, or as a task of a configuration."""
    _require_seed(options.seed)
    if options.task is not None:
        lines = _task_lines(options)
    elif options.config is not None:
        raise EchoseqError("--config: expected --task NAME as well, one of its tasks")
    else:
        lines = _option_lines(options)
    print("\n".join(lines))


def _option_lines(options: argparse.Namespace) -> list[str]:
    """A sequence as options say it is framed."""
    given = {name: getattr(options, name) for name in SHOWN}
    given = {name: SHOWN[name] if value is None else value for name, value in given.items()}
    length, alphabet, n_in, n_out, echo = given.values()
    sizes = {"length": length, "alphabet": alphabet, "n-in": n_in, "n-out": n_out}
    for name, size in sizes.items():
        least, most = BOUNDS[name]
        if size is not None and size < least:
            raise EchoseqError(f"--{name}: expected {least} or more")
        if size is not None and size > most:
            raise EchoseqError(f"--{name}: expected at most {most}, got {size}")
    if options.values and options.length is not None:
        raise EchoseqError("--length: expected none with integers of your own, which it would draw")
    values = _values(options, length, alphabet)
    asked = echo_from(echo)
    count = n_out or (min(2, n_in) if isinstance(asked, str) else len(asked))
    sizes = {"length": len(values), "alphabet": alphabet, "n_in": n_in}
    return listing.framing_lines(values, Task(**sizes, n_out=count, echo=asked))


def _task_lines(options: argparse.Namespace) -> list[str]:
    """A sequence as a task of a configuration frames it."""
    for name in SHOWN:
        if getattr(options, name) is not None:
            option = name.replace("_", "-")
            raise EchoseqError(f"--{option}: expected none with --task, which says it")
    tasks = read_study(options.config).tasks
    if options.task not in tasks:
        raise EchoseqError(f"--task: {unknown(options.task, tasks)}")
    task = tasks[options.task].built
    values = _values(options, task.length, task.alphabet)
    return listing.framing_lines(values, for_values(task, values), tasks[options.task].encoding)


def _values(options: argparse.Namespace, length: int, alphabet: int) -> np.ndarray:
    """The user's own integers, or random ones."""
    if options.values:
        return np.array([_integer(text, alphabet) for text in options.values])
    sizes = {"length": length, "alphabet": alphabet}
    return snapshots.draw(snapshots.TRAINING, options.seed, count=1, **sizes)[0]


def predict(options: argparse.Namespace) -> None:
    """Echo the user's own integers with a trained model."""
    if not options.model.is_file():
        raise EchoseqError(f"{options.model}: expected a saved Keras model, found no file")
    from echoseq.evaluation import answering, loading  # loads TensorFlow, which takes seconds

    model, record = loading.load_model(options.model), record_beside(options.model)
    if record is not None:
        answering.require_digest(model, record["digest"], options.model)
    predictor = answering.predictor_of(model, options.model)
    values = [_integer(text, predictor.task.alphabet) for text in options.values]
    expected, tokens = answering.echo(predictor, values)
    task = predictor.task
    print("\n".join(listing.echo_lines(expected, tokens, task.alphabet, task.symbols)))
    print(f"{(expected == tokens).sum()} of {(expected != MISSING).sum()} values right")


def _integer(text: str, alphabet: int) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise EchoseqError(f"values: expected whole numbers, got '{text}'") from error
    if not 0 <= value < alphabet:
        raise EchoseqError(f"values: expected 0 to {alphabet - 1}, got {value}")
    return value


def _require_seed(seed: int) -> None:
    """Refuse a seed that no record of a run can have."""
    if seed < 0:
        raise EchoseqError("--seed: expected 0 or more")
    if seed >= SEEDS:
        raise EchoseqError(f"--seed: expected less than {SEEDS}, got {shorten(str(seed), 40)}")


def train(options: argparse.Namespace) -> None:
    """Train one run by hand, with a progress bar that says when it compiles."""
    configured = read_study(options.config)
    given = {key: getattr(options, key) for key in REPLACED}
    plan = overridden_plan(configured, options.experiment, given)
    _require_seed(options.seed)
    from tqdm import tqdm

    from echoseq.training.runs import (
        CheckpointSettings,
        NewRun,
        final_text,
        require_free,
        train_runs,
    )

    require_free(options.output)
    check_plans({options.experiment: plan})
    options.output.mkdir(parents=True, exist_ok=True)
    training = _training_data(plan, options.seed)
    code = code_digest([package_folder() / "training/runs.py", *code_behind(plan)])
    with tqdm(total=plan.epochs, unit="epoch", file=sys.stderr, desc=COMPILING) as bar:

        def advance(done: int, loss: float, accuracy: float) -> None:
            bar.set_description("training", refresh=False)
            bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{accuracy:.3f}", refresh=False)
            bar.update(done - bar.n)

        folder = options.output
        (record,) = train_runs(
            options.experiment,
            plan,
            [NewRun(options.seed, training, folder, folder / "checkpoints")],
            checkpointing=CheckpointSettings(configured.execution.checkpoint_seconds, code),
            progress=advance,
        )
    print(final_text(record))
    print(f"model, history and record are in {options.output}")


def _training_data(plan: Plan, seed: int) -> np.ndarray:
    """The sequences that a run trains on, (epochs, length)."""
    sizes = {"count": plan.epochs, "length": plan.length, "alphabet": plan.alphabet}
    return snapshots.draw(snapshots.TRAINING, seed, **sizes)


def check_config(options: argparse.Namespace) -> None:
    """Check a configuration before anything runs."""
    configured = read_study(options.files)
    plans = {name: configured.plan_of(name) for name in configured.experiments}
    probed, states = configured.probed(), configured.probing.states
    check_plans(plans, probed, states, configured.ablated())
    own_figures(configured.figures, configured.questions)
    print(f"version {configured.version}: valid, {size_text(configured)}")
    print("".join(f"{hint}\n" for hint in [*hints(configured), *claim_hints(configured)]), end="")


def results(options: argparse.Namespace) -> None:
    """Print the folder of the results."""
    print(f"results/{read_study(options.config).version}")


def schema(_: argparse.Namespace) -> None:
    """Print the JSON schema of the configuration."""
    print(json.dumps(Study.model_json_schema(), indent=2))


def check(options: argparse.Namespace) -> int:
    """Check a version against its manifest."""
    content = manifest.read_manifest(options.folder)
    problems = manifest.check(options.folder, content)
    print("\n".join(map(str, problems)) or _intact_text(options.folder, content))
    return 1 if problems else 0


def _intact_text(folder: Path, content: manifest.Manifest) -> str:
    return f"{folder}: {len(manifest.listed(content))} files match manifest.json"


def compare(options: argparse.Namespace) -> int:
    """Show what differs between two versions."""
    _require_tolerance(options.tolerance)
    found = comparison.compare(options.a, options.b, options.tolerance)
    text = comparison_text.as_text(found, options.a, options.b)
    print(comparison.as_json(found) if options.json else text)
    return 0 if found.same else 1


def verify(options: argparse.Namespace) -> int:
    """Check runs against a published version."""
    _require_tolerance(options.tolerance)
    if options.share is not None and options.share not in SHARES:
        raise EchoseqError(f"--share: {unknown(options.share, SHARES)}")
    verdict = verification.verify(
        options.trained,
        options.published,
        provenance.environment(),
        verification.TOLERANCE if options.tolerance is None else options.tolerance,
        share=options.share,
    )
    print(verdict.line)
    return 0 if verdict.same else 1


def export(options: argparse.Namespace) -> None:
    """Write a version for an experiment tracker."""
    print(exporting.export(Version(options.version), options.to, options.folder))


def export_model(options: argparse.Namespace) -> None:
    """Write a trained model in another format, if it answers there as it does here."""
    path = options.folder / MODEL
    if not path.is_file():
        raise EchoseqError(f"{path}: expected the saved model of a run, found no file")
    record = own_record(options.folder / RECORD)
    from echoseq.evaluation import answering, loading  # loads TensorFlow, which takes seconds
    from echoseq.evaluation.formats import exporting as formats

    model = loading.load_model(path)
    answering.require_digest(model, record["digest"], path)
    predictor = answering.predictor_of(model, path)
    compared = formats.export_model(predictor, options.to, options.path)
    print(f"{options.path}: as the model, {compared}")


def print_markdown(options: argparse.Namespace) -> None:
    """Print a part of a version as Markdown, or insert it into a file."""
    listed = options.document != "published"
    if listed or (options.folder / MANIFEST).exists():  # published results need none
        manifest.require_whole(options.folder, manifest.read_manifest(options.folder))
    reading = [options.reading] if "reading" in options else []
    text = _document(options.document)(options.folder, *reading)
    if options.into is None:
        print(text, end="")
    else:
        markdown.insert(options.into, options.marks, text)


def _document(name: str) -> Callable[..., str]:
    """What writes a part of a version as Markdown, by the name of its command."""
    from echoseq.documents import headline, inside, published  # loads SciPy

    return {
        "headline": headline.headline_table,
        "answers": headline.answers_table,
        "findings": headline.findings,
        "claims": headline.claims_text,
        "probes": inside.probes_table,
        "ablations": inside.ablations_table,
        "published": published.published_text,
    }[name]


def _require_tolerance(tolerance: float | None) -> None:
    if tolerance is not None and not 0 <= tolerance < float("inf"):
        raise EchoseqError("--tolerance: expected 0 or more")
