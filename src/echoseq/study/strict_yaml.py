"""YAML without its silent traps: duplicate keys, old number formats, recursive aliases."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from echoseq.errors import EchoseqError
from echoseq.study.mistakes import listed

# What parsing raises for text that is not YAML, has an impossible date, or nests too deeply.
PARSE_ERRORS = (yaml.YAMLError, ValueError, RecursionError)
TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
OTHERS = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# YAML 1.1 has other notations for numbers, which few people know: 1_000, 0x3C, 010 and 1:30.
PLAIN_NUMBER = re.compile(
    r"[-+]?(0|[1-9]\d*|\d*\.\d*(e[-+]?\d+)?|\.inf)|\.nan", flags=re.ASCII | re.IGNORECASE
)

Keys = tuple[str, ...]


def parse(path: Path, text: str) -> Any:
    """The content of a YAML file.

    Raises:
        EchoseqError: for what YAML accepts silently, a line for each: the file, the line number
            and the key.
        PARSE_ERRORS: for text that is not YAML.
    """
    # Not libyaml's, which is quicker, and ends the process where text nests too deeply.
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    if root is None:
        return None
    problems = [
        f"{path}, line {_line(node)}: {'.'.join(keys) or 'configuration'}: {problem}"
        for node, keys, problem in _problems(root, (), (), set())
    ]
    if problems:
        raise EchoseqError(listed(problems))
    return loader.construct_document(root)


def as_in_file(value: Any) -> Any:
    """A value in which text is what YAML takes it for: a truth value, a number, nothing or text."""
    if isinstance(value, Mapping):
        return {key: as_in_file(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_in_file(inner) for inner in value]
    if not isinstance(value, str):
        return value
    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    plain = tag in OTHERS or (tag in NUMBERS and PLAIN_NUMBER.fullmatch(value))
    return yaml.safe_load(value) if plain else value


def _problems(
    node: yaml.Node, keys: Keys, above: tuple[yaml.Node, ...], done: set[yaml.Node]
) -> Iterator[tuple[yaml.Node, Keys, str]]:
    """What is wrong in a node and below it, in the order of the file.

    Args:
        keys: the path to the node.
        above: the nodes that contain it.
        done: the nodes checked before; aliases may refer to one many times.
    """
    if node in above:
        yield node, keys, "contains itself"
    elif node not in done:
        done.add(node)
        above = (*above, node)
        if isinstance(node, yaml.MappingNode):
            yield from _mapping_problems(node, keys, above, done)
        elif isinstance(node, yaml.SequenceNode):
            for i, item in enumerate(node.value):
                yield from _problems(item, (*keys, str(i)), above, done)
        elif node.tag in NUMBERS and not PLAIN_NUMBER.fullmatch(node.value):
            number, written = yaml.safe_load(node.value), node.value
            problem = f'{written} is read as {number}; write {number}, or "{written}" if it is text'
            yield node, keys, problem


def _mapping_problems(
    mapping: yaml.MappingNode, keys: Keys, above: tuple[yaml.Node, ...], done: set[yaml.Node]
) -> Iterator[tuple[yaml.Node, Keys, str]]:
    first: dict[tuple[str, str], yaml.Node] = {}
    for key, value in mapping.value:
        inner = (*keys, key.value if isinstance(key, yaml.ScalarNode) else "?")
        before = first.setdefault((key.tag, inner[-1]), key)
        if before is not key and isinstance(key, yaml.ScalarNode):
            yield key, inner, f"given twice, first in line {_line(before)}"
        yield from _problems(key, inner, above, done)
        if isinstance(key, yaml.ScalarNode) and key.tag not in TEXT:
            read = yaml.safe_load(key.value)
            plain = PLAIN_NUMBER.fullmatch(key.value)  # others have been reported above
            if key.tag not in NUMBERS or (plain and str(read) != key.value):
                problem = f'expected text as a key, got {kind(read)}; write "{key.value}" for text'
                yield key, inner, problem
        yield from _problems(value, inner, above, done)


def kind(value: Any) -> str:
    """What a value is that is not text: nothing, true, a number, a date."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        "nothing" if value is None else "a number" if isinstance(value, int | float) else "a date"
    )


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
