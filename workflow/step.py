"""Run the script of one step by hand, for a debugger: what a rule would give it is given here.

python workflow/step.py train --help says what a script reads. Without Snakemake's plan, nothing is
checked but that it is there: wrong files or params are told by the script itself.
"""

import argparse
import ast
import json
import logging
import os
import re
import runpy
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from snakemake.iocontainers import Namedlist, Snakemake

SCRIPTS = Path(__file__).resolve().parent / "scripts"
KINDS = ("input", "output", "params", "wildcards", "config")
FILES = ("input", "output")
NAMED = re.compile(r"([A-Za-z_]\w*)(:?=)(.*)", re.DOTALL)
HOW = """\
  NAME=VALUE        a path or a text
  NAME= PATH PATH   a list of paths, as the shell finds them; also of one, or of none
  NAME=@FILE        the text of a file
  NAME=@FILE:KEY    of a JSON file, one key, as JSON: plan=@run.json:plan
  NAME:=JSON        a number, a list or an object: sequences:=500
  PATH              a path without a name, before those with names

To step through it: python -m pdb workflow/step.py ..., and then for example b scripts/train.py:20
"""


def main(arguments: Sequence[str]) -> int:
    """Run a script with what is given for it; the exit code is that of the script."""
    names = sorted(path.stem for path in SCRIPTS.glob("*.py"))
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview(names))
        return 0
    name, *rest = arguments
    if name not in names:
        refuse("step.py", f"expected one of {', '.join(names)}, got '{name}'")
    tree = ast.parse((SCRIPTS / f"{name}.py").read_bytes())
    read = reads(tree)
    options = parser_of(name, ast.get_docstring(tree) or "", read).parse_args(rest)
    asked = f"step.py {name}"
    given = {kind: values(asked, kind, getattr(options, kind) or []) for kind in KINDS}
    require(asked, given, read)
    try:
        run(name, given, options.log)
    except MissingError as missing:
        refuse(asked, f"{missing}, see --help")
    return 0


def overview(names: Sequence[str]) -> str:
    """The scripts, and what each does."""
    lines = ["usage: step.py SCRIPT [--help] ...", "", str(__doc__), "scripts:"]
    for name in names:
        said = ast.get_docstring(ast.parse((SCRIPTS / f"{name}.py").read_bytes())) or ""
        lines.append(f"  {name:10} {said.partition(chr(10))[0]}")
    return "\n".join(lines)


def refuse(asked: str, line: str) -> NoReturn:
    """End with one line, and with the exit code of a wrong call."""
    print(f"{asked}: {line}", file=sys.stderr)
    sys.exit(2)


@dataclass
class Reads:
    """What a script reads of one kind.

    always: names, whatever happens.
    sometimes: names, in one of its branches, or where they are given.
    others: whether it also reads without a name, or by names that it does not spell out.
    first: how many it reads by number.
    """

    always: set[str] = field(default_factory=set)
    sometimes: set[str] = field(default_factory=set)
    others: bool = False
    first: int = 0

    def __str__(self) -> str:
        maybe = [f"[{name}]" for name in sorted(self.sometimes - self.always)]
        paths = ["PATH"] * self.first + ["..."] * self.others
        return " ".join([*sorted(self.always), *maybe, *paths])


def reads(tree: ast.Module) -> dict[str, Reads]:
    """What a script reads, by kind, as its text says."""
    found = {kind: Reads() for kind in KINDS}
    alias = dict(aliases(tree))
    for node, sure, within in uses(tree):
        kind = kind_of(node, alias)
        if kind is None:
            continue
        one = found[kind]
        match within:
            case ast.Attribute(attr="get"):
                pass  # its call says which
            case ast.Attribute(attr="items" | "keys" | "values"):
                one.others = True
            case ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
                (one.always if sure else one.sometimes).add(name)
            case ast.Subscript(slice=ast.Constant(value=int(number))):
                one.first = max(one.first, number + 1)
            case ast.Call(args=[_, ast.Constant(value=str(name)), *_]):
                one.sometimes.add(name)
            case ast.Assign() | ast.Tuple():
                pass
            case _:
                one.others = True
    for kind, name in asked_for(tree, alias):
        found[kind].sometimes.add(name)
        found[kind].always.discard(name)
    return found


def aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that stand for one of the kinds: `given = snakemake.input`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts) if both else [(target, value)]
            for name, what in pairs:
                if isinstance(name, ast.Name) and (kind := kind_of(what, {})):
                    yield name.id, kind


def kind_of(node: ast.AST, alias: dict[str, str]) -> str | None:
    """The kind that an expression stands for, if any."""
    match node:
        case ast.Attribute(value=ast.Name(id="snakemake"), attr=kind) if kind in KINDS:
            return kind
        case ast.Name(id=name, ctx=ast.Load()):
            return alias.get(name)
    return None


def asked_for(tree: ast.Module, alias: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The names in `snakemake.input.get("name")`, by kind."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=what, attr="get"),
                args=[ast.Constant(value=str(name)), *_],
            ) if kind := kind_of(what, alias):
                yield kind, name


def uses(
    node: ast.AST, sure: bool = True, within: ast.AST | None = None
) -> Iterator[tuple[ast.AST, bool, ast.AST | None]]:
    """Every node, whether it is reached whatever is given, and the node that it is in."""
    yield node, sure, within
    for part, child in ast.iter_fields(node):
        branch = isinstance(node, ast.If | ast.IfExp) and part in ("body", "orelse")
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, ast.AST):
                yield from uses(one, sure and not branch, node)


def parser_of(name: str, said: str, read: dict[str, Reads]) -> argparse.ArgumentParser:
    """The options of a script: a kind that it reads nothing of has none."""
    parser = argparse.ArgumentParser(
        prog=f"step.py {name}",
        description=said,
        epilog=f"values:\n{HOW}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for kind in KINDS:
        shown = str(read[kind])
        hidden = {} if shown else {"help": argparse.SUPPRESS}
        parser.add_argument(
            f"--{kind}", nargs="+", metavar="VALUE", **({"help": shown} | hidden), action="extend"
        )
    parser.add_argument("--log", metavar="PATH", default=os.devnull, help="default: none")
    return parser


def values(asked: str, kind: str, words: Sequence[str]) -> dict[str | None, Any]:
    """The values of one kind, by name; those without one as a list, by None."""
    found: dict[str | None, Any] = {None: []}
    into = found[None]
    for word in words:
        named = NAMED.fullmatch(word)
        if named is None:
            if into is None:
                refuse(asked, f"--{kind}: expected NAME= before a list, got '{word}'")
            into.append(word)
            continue
        name, sign, text = named.groups()
        if name in found:
            refuse(asked, f"--{kind} {name}: expected it once")
        into = [] if sign == "=" and not text else None
        found[name] = value_of(f"{asked}: --{kind} {name}", sign, text) if into is None else into
    return found


def value_of(what: str, sign: str, text: str) -> Any:
    """What a value stands for."""
    try:
        if sign == ":=":
            return json.loads(text)
        return text_of(text[1:]) if text.startswith("@") else text
    except ValueError:
        refuse(what, f"expected {'JSON' if sign == ':=' else 'a text file'}, got '{text}'")
    except KeyError as error:
        refuse(what, f"expected a key of that file, got {error}")
    except OSError as error:
        refuse(what, f"{error.filename}: {error.strerror}")


def text_of(place: str) -> str:
    """The text of a file, or of one key of a JSON file."""
    file, _, key = place.rpartition(":")
    if not file or Path(place).exists():
        return Path(place).read_text(encoding="utf-8")
    return json.dumps(json.loads(Path(file).read_text(encoding="utf-8"))[key])


def require(asked: str, given: dict[str, dict[str | None, Any]], read: dict[str, Reads]) -> None:
    """Require what the script reads whatever happens, and nothing that it does not read."""
    for kind in KINDS:
        names = {name for name in given[kind] if name is not None}
        for name in sorted(read[kind].always - names):
            refuse(asked, f"expected --{kind} {name}=..., see --help")
        for name in sorted(names - read[kind].always - read[kind].sometimes):
            if not read[kind].others:
                refuse(asked, f"--{kind} {name}: the script does not read it, see --help")
        if len(Given.of(kind, given[kind])) < read[kind].first:
            refuse(asked, f"expected --{kind} PATH, see --help")


class MissingError(AttributeError):
    """A script read what was not given."""


class Given(Namedlist):
    """What a script reads of one kind, as Snakemake gives it."""

    @classmethod
    def of(cls, kind: str, given: dict[str | None, Any]) -> "Given":
        """Lists of files are spread out, as Snakemake does: input[0] is a path."""
        made = cls(given[None])
        for name, value in given.items():
            if name is not None:
                start = len(made)
                spread = isinstance(value, list) and kind in FILES
                made.extend(value if spread else [value])
                made._set_name(name, start, end=len(made) if spread else None)
        made._kind = kind
        return made

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise MissingError(f"expected --{self._kind} {name}=...")


def run(name: str, given: dict[str, dict[str | None, Any]], log: str) -> None:
    """Run a script as if Snakemake did, with its progress on the screen."""
    shown = logging.StreamHandler()
    shown.addFilter(lambda record: record.levelno < logging.ERROR)  # errors are shown anyway
    logging.basicConfig(format="%(message)s", handlers=[shown])
    script = SCRIPTS / f"{name}.py"
    lists = {kind: Given.of(kind, given[kind]) for kind in KINDS if kind != "config"}
    for path in [*lists["output"], log]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    job = Snakemake(
        lists["input"],
        lists["output"],
        lists["params"],
        lists["wildcards"],
        threads=1,
        resources=Namedlist(fromdict={}),
        log=Namedlist([log]),
        config={key: value for key, value in given["config"].items() if key is not None},
        rulename=name,
        bench_iteration=None,
        scriptdir=str(SCRIPTS),
    )
    job.input, job.output = lists["input"], lists["output"]  # these name what is missing
    runpy.run_path(str(script), init_globals={"snakemake": job}, run_name="__main__")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
