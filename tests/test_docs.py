"""The documents: every link leads somewhere, and every command that they name exists."""

import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from snakemake.cli import get_argument_parser
from workspaces import PROJECT

from echoseq.cli import main
from echoseq.figures.catalogue import FIGURES
from echoseq.layout import kind_of
from echoseq.study.reading import read

DOCUMENTS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "config/README.md")),
    *(PROJECT / name for name in ("workflow/README.md", "results/published/README.md")),
    *sorted((PROJECT / "docs").glob("*.md")),
]
EXAMPLE = re.compile(r"# [\w-]+\.yaml\n")  # begins a configuration that is whole
FOLDERS = "workflow|profiles|config|docs|paper|tests|benchmarks|src|\\.github"


def name_of(document: Path) -> str:
    return document.relative_to(PROJECT).as_posix()


@cache
def tokens(document: Path) -> list[Token]:
    parsed = MarkdownIt("gfm-like", {"linkify": False}).parse(document.read_text(encoding="utf-8"))
    return [token for block in parsed for token in (block, *(block.children or ()))]


def links(document: Path) -> list[str]:
    """The targets of links and images inside the project."""
    found = [
        str(token.attrs["href" if token.type == "link_open" else "src"])
        for token in tokens(document)
        if token.type in {"link_open", "image"}
    ]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


@cache
def anchors(document: Path) -> set[str]:
    """What a link into a document can name: its headings, as GitHub writes them, and anchors."""
    text = document.read_text(encoding="utf-8")
    found = set(re.findall(r'<a id="([^"]+)">', text))
    opened = False
    for token in tokens(document):
        if opened and token.type == "inline":
            plain = "".join(child.content for child in token.children or ())
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            assert slug not in found, f"{name_of(document)}: two headings are #{slug}"
            found.add(slug)
        opened = token.type == "heading_open"
    return found


def code(document: Path) -> Iterator[str]:
    """The lines of code in a document, and its pieces of inline code."""
    for token in tokens(document):
        if token.type in {"code_block", "fence", "code_inline"}:
            yield from token.content.replace("\\\n", " ").splitlines()


def commands(document: Path, program: str) -> list[list[str]]:
    """The calls of a program in the code of a document, each as its arguments."""
    calls = []
    for line in code(document):
        for part in re.split(r"&&|\|", line.removeprefix("$ ")):
            if part.strip().startswith(f"{program} ") and "..." not in part:
                calls.append(shlex.split(part, comments=True)[1:])
    return calls


@cache
def snakemake_parser() -> ArgumentParser:
    return get_argument_parser()


@cache
def rules() -> set[str]:
    """The rules that can be named as targets; those made in loops are named after figures."""
    texts = [path.read_text(encoding="utf-8") for path in PROJECT.rglob("workflow/rules/*.smk")]
    texts.append((PROJECT / "Snakefile").read_text(encoding="utf-8"))
    return {
        *FIGURES,
        *re.findall(r"^(?:rule|use rule \w+ as) (\w+)", "\n".join(texts), re.MULTILINE),
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in links(document):
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_document_is_linked() -> None:
    found = {
        (document.parent / target.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for target in links(document)
    }
    docs = {path for path in DOCUMENTS if path.parent.name == "docs"}
    assert docs <= found


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_files_of_the_project_exist(document: Path) -> None:
    pieces = [token.content for token in tokens(document) if token.type == "code_inline"]
    paths = [
        piece
        for piece in pieces
        if re.fullmatch(rf"({FOLDERS})/[\w./-]+", piece) and kind_of(piece) is None  # of a version
    ]
    assert [path for path in paths if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_make_targets_exist(document: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        word
        for call in commands(document, "make")
        for word in call
        if "=" not in word and not word.startswith("-")
    }
    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_of_echoseq_exist(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^    ([a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    named = {call[0] for call in commands(document, "echoseq")}
    assert named - {*known, "--help", "--version"} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_calls_of_snakemake_are_valid(document: Path) -> None:
    """Options are those of Snakemake; targets are rules, or files of a version."""
    for call in commands(document, "snakemake"):
        targets = snakemake_parser().parse_args(call).targets
        for target in targets:
            file = target.split("/", 2)[-1] if target.startswith("results/") else None
            known = kind_of(file) is not None if file else target in rules()
            assert known, " ".join(call)


def examples(document: Path) -> list[str]:
    """The configurations that a document shows whole, and the inline ones that leave things out."""
    blocks = [token.content for token in tokens(document) if token.type == "fence"]
    inline = [token.content for token in tokens(document) if token.type == "code_inline"]
    left_out = [piece for piece in inline if re.match(r"\{?(sweeps|experiments): \{.*null", piece)]
    return [*filter(EXAMPLE.match, blocks), *left_out]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_configurations_are_valid_over_the_study(document: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    for text in examples(document):
        if "my_" not in text:  # files of the reader's own, which other tests write
            own.write_text(text)
            read(PROJECT / "config/config.yaml", own)


def test_configurations_are_found() -> None:
    assert len(examples(PROJECT / "config/README.md")) >= 13
