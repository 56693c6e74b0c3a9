"""`echoseq`: commands for use by hand. `snakemake` runs the study itself."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from echoseq.asked import echo_from
from echoseq.checked import one_line
from echoseq.code import code_digest, package_folder
from echoseq.data import snapshots
from echoseq.documents import headline, markdown
from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation import listing
from echoseq.evaluation.checking import check_plans
from echoseq.figures.catalogue import own_figures
from echoseq.names import unknown
from echoseq.process import failure, lenient_warnings, open_streams
from echoseq.study.architectures import code_behind
from echoseq.study.hints import hints
from echoseq.study.plan import Plan
from echoseq.study.reading import read
from echoseq.study.schema import Study
from echoseq.task import MISSING, Task
from echoseq.versions import comparison, comparison_text, manifest, verification
from echoseq.versions import environment as provenance
from echoseq.versions.records import record_beside
from echoseq.versions.shares import SHARES, size_text

DEFAULT_CONFIG = package_folder().parents[1] / "config/config.yaml"  # comes with the code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 after a one-line error message: 2 for a damaged file.

    For commands that compare, 1 means a difference, and 2 that the comparison was impossible.
    """
    open_streams()
    options = _parser().parse_args(arguments)
    try:
        with lenient_warnings():
            code = int(options.run(options) or 0)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `echoseq show | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write
    except EchoseqError as error:
        print("\n".join(map(one_line, error.told().split("\n"))), file=sys.stderr)
        return 2 if isinstance(error, DamagedError) else int(options.failure)
    except OSError as error:
        print(f"echoseq: {failure(error)}", file=sys.stderr)
        return int(options.failure)
    except KeyboardInterrupt:
        print("echoseq: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="echoseq", description=__doc__)
    parser.set_defaults(failure=1)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _add_show(commands)
    predict = commands.add_parser("predict", help="echo your own integers with a trained model")
    predict.add_argument("model", type=Path, help="the model.keras of a run")
    predict.add_argument("values", nargs="+", help="integers, at least one window of them")
    predict.set_defaults(run=_predict)

    train = commands.add_parser("train", help="train one run by hand, with a progress bar")
    train.add_argument("experiment", help="an experiment of the configuration")
    train.add_argument("--seed", type=int, default=0, help="default %(default)s")
    _add_config(train)
    train.add_argument("--output", type=Path, required=True, help="folder for the run's files")
    train.set_defaults(run=_train)

    results = commands.add_parser("results", help="print the folder of the results")
    _add_config(results)
    results.set_defaults(run=lambda o: print(f"results/{_read_study(o.config).version}"))

    configuration = commands.add_parser(
        "check-config", help="check a configuration before anything runs"
    )
    configuration.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="override config/config.yaml, in this order",
    )
    configuration.set_defaults(run=_check_config)

    check = commands.add_parser("check", help="check a version against its manifest")
    check.add_argument("folder", type=Path, help="results/<version> or a published version")
    check.set_defaults(run=_check, failure=2)

    compare = commands.add_parser("compare", help="show what differs between two versions")
    compare.add_argument("a", type=Path, help="results/<version> or a published version")
    compare.add_argument("b", type=Path, help="the other version")
    compare.add_argument(
        "--tolerance",
        type=float,
        help="numbers in tables may differ by this much (default: same bits)",
    )
    compare.add_argument("--json", action="store_true", help="print all differences as JSON")
    compare.set_defaults(run=_compare, failure=2)

    verify = commands.add_parser("verify", help="check runs against a published version")
    verify.add_argument("trained", type=Path, help="a folder with runs/ and tables/seeds.csv")
    verify.add_argument("published", type=Path, help="results/published/<version>")
    verify.add_argument(
        "--tolerance",
        type=float,
        default=verification.TOLERANCE,
        help="for accuracies, where identical bits are not promised (%(default)s)",
    )
    verify.add_argument(
        "--share",
        choices=list(SHARES),
        help="check only these runs (default: all that are in the folder)",
    )
    verify.set_defaults(run=_verify, failure=2)

    for name, make, what in (
        ("headline", headline.headline_table, "accuracies"),
        ("answers", headline.answers_table, "answers to the open questions, in short,"),
        ("findings", headline.findings, "answers to the open questions, in sentences,"),
    ):
        table = commands.add_parser(name, help=f"print the {what} of a version as Markdown")
        table.add_argument("folder", type=Path, help="results/<version> or a published version")
        table.add_argument(
            "--into", type=Path, help="insert it between the markers of this file instead"
        )
        if make is not headline.headline_table:
            table.add_argument("--reading", type=Path, help="how a configuration reads questions")
        table.set_defaults(run=_markdown, name=name, make=make)

    schema = commands.add_parser("schema", help="print the JSON schema of the configuration")
    schema.set_defaults(run=lambda _: print(json.dumps(Study.model_json_schema(), indent=2)))
    return parser


def _add_show(commands: Any) -> None:
    show = commands.add_parser(
        "show", help="print a sequence, encoded and framed: windows => targets"
    )
    show.add_argument("values", nargs="*", help="your own integers (default: random)")
    show.add_argument(
        "--length", type=int, default=25, help="length of a random sequence (%(default)s)"
    )
    show.add_argument(
        "--alphabet", type=int, default=100, help="integers from 0 to this minus 1 (%(default)s)"
    )
    show.add_argument("--n-in", type=int, default=5, help="integers in a window (%(default)s)")
    show.add_argument("--n-out", type=int, help="integers to echo (2)")
    show.add_argument(
        "--echo",
        default="oldest",
        help="oldest, newest, reversed, or positions, as in 5,3,1 (%(default)s)",
    )
    show.add_argument(
        "--seed", type=int, default=0, help="seed of the random integers (%(default)s)"
    )
    show.set_defaults(run=_show)


def _add_config(command: argparse.ArgumentParser) -> None:
    text = "overrides keys of config/config.yaml; given again, of the files before it too"
    command.add_argument("--config", type=Path, action="append", metavar="FILE", help=text)


def _show(options: argparse.Namespace) -> None:
    for name in ("length", "n_in", "n_out"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            raise EchoseqError(f"--{name.replace('_', '-')}: expected 1 or more")
    if options.alphabet < 2:
        raise EchoseqError("--alphabet: expected 2 or more")
    if options.seed < 0:
        raise EchoseqError("--seed: expected 0 or more")
    if options.values:
        values = np.array([_integer(text, options.alphabet) for text in options.values])
    else:
        sizes = {"length": options.length, "alphabet": options.alphabet}
        values = snapshots.draw(snapshots.TRAINING, options.seed, count=1, **sizes)[0]
    echo = echo_from(options.echo)
    sizes = {"length": len(values), "alphabet": options.alphabet, "n_in": options.n_in}
    count = options.n_out or (2 if isinstance(echo, str) else len(echo))
    print("\n".join(listing.framing_lines(values, Task(**sizes, n_out=count, echo=echo))))


def _predict(options: argparse.Namespace) -> None:
    if not options.model.is_file():
        raise EchoseqError(f"{options.model}: expected a saved Keras model, found no file")
    from echoseq.evaluation import answering, loading  # loads TensorFlow, which takes seconds

    model, record = loading.load_model(options.model), record_beside(options.model)
    if record is not None:
        answering.require_digest(model, record["digest"], options.model)
    predictor = answering.predictor_of(model, options.model)
    values = [_integer(text, predictor.task.alphabet) for text in options.values]
    expected, tokens = answering.echo(predictor, values)
    print("\n".join(listing.echo_lines(expected, tokens, predictor.coding.alphabet)))
    print(f"{(expected == tokens).sum()} of {(expected != MISSING).sum()} values right")


def _integer(text: str, alphabet: int) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise EchoseqError(f"values: expected whole numbers, got '{text}'") from error
    if not 0 <= value < alphabet:
        raise EchoseqError(f"values: expected 0 to {alphabet - 1}, got {value}")
    return value


def _train(options: argparse.Namespace) -> None:
    configured = _read_study(options.config)
    plan = _plan(configured, options.experiment)
    if options.seed < 0:
        raise EchoseqError("--seed: expected 0 or more")

    from tqdm import tqdm

    from echoseq.training.runs import CheckpointSettings, Run, final_text, require_free, train_runs

    require_free(options.output)
    check_plans({options.experiment: plan})
    options.output.mkdir(parents=True, exist_ok=True)
    sizes = {"count": plan.epochs, "length": plan.length, "alphabet": plan.alphabet}
    training = snapshots.draw(snapshots.TRAINING, options.seed, **sizes)
    with tqdm(total=plan.epochs, unit="epoch", file=sys.stderr) as bar:

        def advance(done: int, loss: float, accuracy: float) -> None:
            bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{accuracy:.3f}", refresh=False)
            bar.update(done - bar.n)

        folder = options.output
        (record,) = train_runs(
            options.experiment,
            plan,
            [Run(options.seed, training, folder, folder / "checkpoints")],
            checkpointing=CheckpointSettings(
                configured.execution.checkpoint_seconds,
                code_digest([package_folder() / "training/runs.py", *code_behind(plan)]),
            ),
            progress=advance,
        )
    print(final_text(record))
    print(f"model, history and record are in {options.output}")


def _check_config(options: argparse.Namespace) -> None:
    configured = _read_study(options.files)
    plans = {name: configured.plan_of(name) for name in configured.experiments}
    check_plans(plans, configured.probed())
    own_figures(configured.figures, configured.questions)
    print(f"version {configured.version}: valid, {size_text(configured)}")
    print("".join(f"{hint}\n" for hint in hints(configured)), end="")


def _read_study(files: Sequence[Path] | None) -> Study:
    """The study of the default configuration, overridden by each file in order, if any."""
    layers = [DEFAULT_CONFIG] if DEFAULT_CONFIG.is_file() or not files else []
    return read(*layers, *(files or []))


def _plan(configured: Study, experiment: str) -> Plan:
    if experiment not in configured.experiments:
        raise EchoseqError(f"experiment: {unknown(experiment, configured.experiments)}")
    return configured.plan_of(experiment)


def _check(options: argparse.Namespace) -> int:
    content = manifest.read_manifest(options.folder)
    problems = manifest.check(options.folder, content)
    print("\n".join(map(str, problems)) or _intact_text(options.folder, content))
    return 1 if problems else 0


def _intact_text(folder: Path, content: manifest.Manifest) -> str:
    return f"{folder}: {len(manifest.listed(content))} files match manifest.json"


def _compare(options: argparse.Namespace) -> int:
    _require_tolerance(options.tolerance)
    found = comparison.compare(options.a, options.b, options.tolerance)
    text = comparison_text.as_text(found, options.a, options.b)
    print(comparison.as_json(found) if options.json else text)
    return 0 if found.same else 1


def _verify(options: argparse.Namespace) -> int:
    _require_tolerance(options.tolerance)
    environment = provenance.environment()
    verdict = verification.verify(
        options.trained,
        options.published,
        environment,
        options.tolerance,
        share=options.share,
    )
    print(verdict.line)
    return 0 if verdict.same else 1


def _markdown(options: argparse.Namespace) -> None:
    manifest.require_whole(options.folder, manifest.read_manifest(options.folder))
    text = options.make(options.folder, *([options.reading] if "reading" in options else []))
    if options.into is None:
        print(text, end="")
    else:
        markdown.insert(options.into, options.name, text)


def _require_tolerance(tolerance: float | None) -> None:
    if tolerance is not None and not 0 <= tolerance < float("inf"):
        raise EchoseqError("--tolerance: expected 0 or more")


if __name__ == "__main__":
    sys.exit(main())
