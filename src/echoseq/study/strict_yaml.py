"""YAML, but for what it takes in silence: keys given twice, numbers by old rules, endless parts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from echoseq.errors import EchoseqError

# What parsing raises for text that is no YAML, has a date that there is not, or nests too deep.
MISTAKES = (yaml.YAMLError, ValueError, RecursionError)
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# YAML 1.1 knows other ways to write numbers, which few people do: 1_000, 0x3C, 010 and 1:30.
PLAIN = re.compile(
    r"[-+]?(0|[1-9]\d*|\d*\.\d*(e[-+]?\d+)?|\.inf)|\.nan", flags=re.ASCII | re.IGNORECASE
)

Keys = tuple[str, ...]


def parse(path: Path, text: str) -> Any:
    """The content of a YAML file.

    Raises:
        EchoseqError: for what YAML takes in silence: the file, the line in it and the key.
        MISTAKES: for text that is no YAML.
    """
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    if root is None:
        return None
    for node, keys, problem in _slips(root, (), (), set()):
        key = ".".join(keys) or "configuration"
        raise EchoseqError(f"{path}, line {_line(node)}: {key}: {problem}")
    return loader.construct_document(root)


def _slips(
    node: yaml.Node, keys: Keys, above: tuple[yaml.Node, ...], done: set[yaml.Node]
) -> Iterator[tuple[yaml.Node, Keys, str]]:
    """What is wrong in a part of a file, in the order of the file.

    Args:
        keys: those that lead to the part.
        above: the parts that it lies in.
        done: the parts that were looked at before; aliases may name one many times.
    """
    if node in above:
        yield node, keys, "contains itself"
    elif node not in done:
        done.add(node)
        above = (*above, node)
        if isinstance(node, yaml.MappingNode):
            yield from _slips_of_mapping(node, keys, above, done)
        elif isinstance(node, yaml.SequenceNode):
            for i, item in enumerate(node.value):
                yield from _slips(item, (*keys, str(i)), above, done)
        elif node.tag in NUMBERS and not PLAIN.fullmatch(node.value):
            number, written = yaml.safe_load(node.value), node.value
            problem = f'{written} is read as {number}; write {number}, or "{written}" if it is text'
            yield node, keys, problem


def _slips_of_mapping(
    mapping: yaml.MappingNode, keys: Keys, above: tuple[yaml.Node, ...], done: set[yaml.Node]
) -> Iterator[tuple[yaml.Node, Keys, str]]:
    first: dict[tuple[str, str], yaml.Node] = {}
    for key, value in mapping.value:
        inner = (*keys, key.value if isinstance(key, yaml.ScalarNode) else "?")
        before = first.setdefault((key.tag, inner[-1]), key)
        if before is not key and isinstance(key, yaml.ScalarNode):
            yield key, inner, f"given twice, first in line {_line(before)}"
        yield from _slips(key, inner, above, done)
        yield from _slips(value, inner, above, done)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
