"""How the rules chain, for workflow/README.md: Snakemake's graph of rules, made short.

`make docs` puts it into that document. Rules that do the same for other seeds, experiments or
figures are one; an arrow is left out where others lead the same way.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from echoseq.documents.markdown import insert
from echoseq.errors import EchoseqError
from echoseq.figures.catalogue import FIGURES, PUBLISHED, STUDY

NODE = re.compile(r"^\s*(id\d+)\[(\w+)\]$", re.MULTILINE)
ARROW = re.compile(r"^\s*(id\d+) --> (id\d+)$", re.MULTILINE)
BLOCK = re.compile(r"(snapshot|train|share|evaluate)_\w+")  # of seeds, or of a sweep

Graph = Mapping[str, set[str]]  # the rules that use the files of each rule


def shortened(mermaid: str) -> str:
    """A graph of rules in Mermaid, as Snakemake writes it, with fewer rules and arrows.

    Raises:
        EchoseqError: if there is no graph in the text.
    """
    names = {node: _family(rule) for node, rule in NODE.findall(mermaid)}
    if not names:
        raise EchoseqError("expected the text of snakemake --rulegraph mermaid-js")
    graph: dict[str, set[str]] = {name: set() for name in sorted(names.values())}
    for begin, end in ARROW.findall(mermaid):
        if names[begin] != names[end]:
            graph[names[begin]].add(names[end])
    arrows = [f"    {one} --> {other}" for one, other in _direct(graph)]
    return "\n".join(["```mermaid", "flowchart TB", *arrows, "```", ""])


def _family(rule: str) -> str:
    """The name that stands for a rule and for those that do the same."""
    block = BLOCK.fullmatch(rule)
    part = FIGURES[rule].part if rule in FIGURES else PUBLISHED
    if part == PUBLISHED:  # a single figure
        return block[1] if block else rule
    return "figures_of_study" if part == STUDY else "figures_of_questions"


def _direct(graph: Graph) -> list[tuple[str, str]]:
    """The arrows for which there is no way round."""
    beyond = {one: set().union(*(_after(graph, end) for end in graph[one])) for one in graph}
    return [(one, end) for one in graph for end in sorted(graph[one] - beyond[one])]


def _after(graph: Graph, rule: str) -> set[str]:
    """The rules that need a rule, directly or indirectly."""
    found: set[str] = set()
    waiting = [rule]
    while waiting:
        further = graph[waiting.pop()] - found
        found |= further
        waiting += further
    return found


if __name__ == "__main__":
    insert(Path(sys.argv[1]), "rules", shortened(sys.stdin.read()))
