"""`echoseq`: commands for use by hand. `snakemake` runs the study itself.

A command names the function that runs it, `module:function`, and only that module is loaded: what
others need takes seconds.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from echoseq import __version__
from echoseq.checked import one_line
from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation.formats.catalogue import FORMATS
from echoseq.process import failure, lenient_warnings, open_streams
from echoseq.trackers.catalogue import TRACKERS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 after a one-line error message: 2 for a damaged file.

    For commands that compare, 1 means a difference, and 2 that the comparison was impossible.
    """
    open_streams()
    options = _parser().parse_args(arguments)
    try:
        with lenient_warnings():
            code = int(_function(options.run)(options) or 0)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `echoseq show | head`
        return 0
    except EchoseqError as error:
        print("\n".join(map(one_line, error.told().split("\n"))), file=sys.stderr)
        return 2 if isinstance(error, DamagedError) else int(options.failure)
    except OSError as error:
        print(f"echoseq: {failure(error)}", file=sys.stderr)
        return int(options.failure)
    except KeyboardInterrupt:
        print("echoseq: stopped", file=sys.stderr)
        return 130
    finally:
        _drop_unwritten()


def _function(path: str) -> Callable[[argparse.Namespace], int | None]:
    """The function `module:function` of the package that runs a command."""
    module, _, name = path.partition(":")
    return getattr(import_module(f"echoseq.{module}"), name)


def _drop_unwritten() -> None:
    """Drop output that cannot be written, or Python would try again at its end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="echoseq", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--version", action="version", version=f"echoseq {__version__}")
    parser.set_defaults(failure=1)
    chosen = parser.add_subparsers(required=True, metavar="COMMAND")

    _add_show(chosen)
    _add_models(chosen)
    _add_configurations(chosen)
    _add_status(chosen)
    _add_versions(chosen)
    _add_documents(chosen)
    return parser


def _add_models(chosen: Any) -> None:
    predict = chosen.add_parser("predict", help="echo your own integers with a trained model")
    predict.add_argument("model", type=Path, help="the model.keras of a run")
    predict.add_argument("values", nargs="+", help="integers, at least one window of them")
    predict.set_defaults(run="commands:predict")

    exported = chosen.add_parser("export-model", help="write a trained model for other programs")
    exported.add_argument("folder", type=Path, metavar="RUN", help="the folder of its run")
    exported.add_argument("--to", choices=[*FORMATS], required=True, help="the format")
    exported.add_argument("path", type=Path, help="a new file; a new folder for saved_model")
    exported.set_defaults(run="commands:export_model")

    train = chosen.add_parser("train", help="train one run by hand, with a progress bar")
    train.add_argument("experiment", help="an experiment of the configuration")
    train.add_argument("--seed", type=int, default=0, help="default %(default)s")
    for option, metavar, what in (
        ("--epochs", "N", "train so many epochs"),
        ("--cells", "N", "train a network of so many cells"),
        ("--learning-rate", "RATE", "train with this learning rate"),
        ("--task", "NAME", "train on this task of the configuration"),
    ):
        text = f"{what}, whatever the experiment says"
        train.add_argument(option, metavar=metavar, help=text)
    _add_config(train)
    train.add_argument("--output", type=Path, required=True, help="folder for the run's files")
    train.set_defaults(run="commands:train")


def _add_configurations(chosen: Any) -> None:
    results = chosen.add_parser("results", help="print the folder of the results")
    _add_config(results)
    results.set_defaults(run="commands:results")

    configuration = chosen.add_parser(
        "check-config", help="check a configuration before anything runs"
    )
    configuration.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="override config/config.yaml, in this order",
    )
    configuration.set_defaults(run="commands:check_config")
    schema = chosen.add_parser("schema", help="print the JSON schema of the configuration")
    schema.set_defaults(run="commands:schema")


def _add_versions(chosen: Any) -> None:
    check = chosen.add_parser("check", help="check a version against its manifest")
    check.add_argument("folder", type=Path, help="results/<version> or a published version")
    check.set_defaults(run="commands:check", failure=2)

    compare = chosen.add_parser("compare", help="show what differs between two versions")
    compare.add_argument("a", type=Path, help="results/<version> or a published version")
    compare.add_argument("b", type=Path, help="the other version")
    compare.add_argument(
        "--tolerance",
        type=float,
        help="numbers in tables may differ by this much (default: same bits)",
    )
    compare.add_argument("--json", action="store_true", help="print all differences as JSON")
    compare.set_defaults(run="commands:compare", failure=2)
    _add_verify(chosen)

    export = chosen.add_parser("export", help="write a version for an experiment tracker")
    export.add_argument("version", type=Path, help="results/<version> or a published version")
    export.add_argument("--to", choices=[*TRACKERS], required=True, help="the tracker")
    export.add_argument("folder", type=Path, help="a new folder, for the tracker to open")
    export.set_defaults(run="commands:export")


def _add_status(chosen: Any) -> None:
    status = chosen.add_parser(
        "status", help="show how far a version is: what is missing, runs, failed, and the time left"
    )
    status.add_argument(
        "version", nargs="?", help="its name or folder (default: that of the configuration)"
    )
    _add_config(status)
    status.add_argument("--json", action="store_true", help="print it as JSON")
    status.set_defaults(run="watching.showing:status")


def _add_verify(chosen: Any) -> None:
    verify = chosen.add_parser("verify", help="check runs against a published version")
    verify.add_argument("trained", type=Path, help="a folder with runs/ and tables/seeds.csv")
    verify.add_argument("published", type=Path, help="results/published/<version>")
    verify.add_argument(
        "--tolerance",
        type=float,
        help="for accuracies, where identical bits are not promised (default: 0.05)",
    )
    verify.add_argument(
        "--share",
        help="check only these runs: sample, study, one or all (default: those in the folder)",
    )
    verify.set_defaults(run="commands:verify", failure=2)


def _add_documents(chosen: Any) -> None:
    for name, what in (
        ("headline", "accuracies"),
        ("answers", "answers to the open questions, in short,"),
        ("findings", "answers to the open questions, in sentences,"),
        ("claims", "claims why, with what was measured and whether they hold,"),
        ("probes", "values that probes read from the states"),
        ("ablations", "right answers left with something taken away"),
        ("published", "verdicts on what others published"),
    ):
        table = chosen.add_parser(name, help=f"print the {what} of a version as Markdown")
        table.add_argument("folder", type=Path, help="results/<version> or a published version")
        table.add_argument(
            "--into", type=Path, help="insert it between the markers of this file instead"
        )
        table.add_argument("--marks", default=name, help="the name in these markers (%(default)s)")
        if name in ("answers", "findings", "claims"):
            table.add_argument("--reading", type=Path, help="how a configuration reads questions")
        table.set_defaults(run="commands:print_markdown", document=name)


def _add_show(chosen: Any) -> None:
    show = chosen.add_parser(
        "show", help="print a sequence, encoded and framed: windows => targets"
    )
    show.add_argument("values", nargs="*", help="your own integers (default: random)")
    show.add_argument("--length", type=int, help="length of a random sequence (25)")
    show.add_argument("--alphabet", type=int, help="integers from 0 to this minus 1 (100)")
    show.add_argument("--n-in", type=int, help="integers in a window (5)")
    show.add_argument("--n-out", type=int, help="integers to echo (2)")
    show.add_argument(
        "--echo", help="oldest, newest, reversed, or positions, as in --echo=3,1,-1 (oldest)"
    )
    show.add_argument("--task", help="instead of these, a task of the configuration, by its name")
    _add_config(show)
    show.add_argument(
        "--seed", type=int, default=0, help="seed of the random integers (%(default)s)"
    )
    show.set_defaults(run="commands:show")


def _add_config(command: argparse.ArgumentParser) -> None:
    text = "overrides keys of config/config.yaml; given again, of the files before it too"
    command.add_argument("--config", type=Path, action="append", metavar="FILE", help=text)


if __name__ == "__main__":
    sys.exit(main())
