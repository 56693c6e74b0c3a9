"""The tasks of a configuration: what each may hold, and what does not fit together in it."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from echoseq import task
from echoseq.asked import FURTHEST, NOTHING, WORDS, Asked, Echo, Say
from echoseq.checked import Alphabet, Count, show
from echoseq.errors import EchoseqError
from echoseq.names import did_you_mean
from echoseq.own import DOTTED_PATH
from echoseq.study.parts import Module, Part, wrong
from echoseq.task import FILLER

FUNCTION = f"^{DOTTED_PATH.pattern}$"


def read_echo(value: Any) -> Any:
    """An echo as a configuration writes it: a word, or a list of positions.

    Raises:
        PydanticCustomError: if it is neither.
    """
    if value in WORDS if isinstance(value, str) else isinstance(value, tuple):
        return value
    if not isinstance(value, list) or not value:
        found = show(value)
        expected = f"expected {', '.join(WORDS)} or a list of positions, got {found}"
        raise wrong("", f"{expected}{did_you_mean(value, WORDS)}")
    return tuple(map(_read_asked, value))


def _read_asked(item: Any) -> Asked:
    if item == NOTHING:
        return item
    if isinstance(item, int) and not isinstance(item, bool) and abs(item) <= FURTHEST:
        return item
    if isinstance(item, dict) and item.keys() == {"say"}:
        said = item["say"]
        if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
            return Say(said)
    raise wrong(
        "", f"expected positions, `none` or `{{say: integer}}` in the list, got {show(item)}"
    )


Function = Annotated[str, Field(pattern=FUNCTION, max_length=120)]


class Task(Part):
    """What is echoed: random integer sequences, how they are framed, and what is asked."""

    length: Count = Field(25, description="Integers in a sequence.")
    alphabet: Alphabet = Field(
        100, description="Integers are drawn uniformly from 0 to this minus 1."
    )
    n_in: Count = Field(5, description="Integers in a window, the input.")
    n_out: Count = Field(description="Integers in an answer. Not needed if `echo` lists them.")
    echo: Annotated[Echo, BeforeValidator(read_echo)] = Field(
        "oldest",
        description="Which integers are asked for: the `oldest` n_out of the window, the `newest`, "
        "or the oldest `reversed`; or a list of positions, of which 1 is the oldest of the window "
        "and 0 the one just before it, with `none` where nothing is asked, and `{say: 0}` for a "
        "constant.",
    )
    targets: Function | None = Field(
        None,
        description="Instead of `echo`, a function of your own, `module:function`, that returns "
        "the answers to windows.",
    )
    frame: Function | None = Field(
        None,
        description="Instead of `echo`, a function of your own, `module:function`, that makes "
        "windows and answers from sequences.",
    )
    windows: Count | None = Field(
        None, description="The windows that `frame` makes of a sequence. Default: 1."
    )
    symbols: list[Module] = Field(
        [],
        description="Names of integers beyond the alphabet that functions of your own may use; "
        "they get them by name.",
    )
    overlap: bool = Field(
        True,
        description="Whether a window begins at every integer; if not, where the one before ends.",
    )
    encoding: Literal["one_hot", "linear"] = Field(
        "one_hot",
        description="`one_hot`: each integer a vector, learned as classification; `linear`: scaled "
        "to 0..1, learned as regression with the squared error.",
    )
    framing: Literal["drop", "mask"] = Field(
        "drop",
        description="Windows with missing values, the first n_in - 1, and those before which a "
        "value is missing that is asked for: `drop` them, "
        "or `mask`: keep them, filled with `filler`. Missing targets carry no loss and are not "
        "scored.",
    )
    filler: Annotated[float, Field(ge=-100, le=100)] = Field(
        FILLER,
        description="What stands in every feature of a missing value, with `framing: mask`.",
    )
    sequences: Count | None = Field(
        None,
        description="Sequences in the training snapshot of each seed; every epoch uses the next "
        "one. Default: 10,000, or the next multiple of it that is enough for every experiment on "
        "the task.",
    )

    @property
    def own(self) -> dict[str, str]:
        """The functions of the user's own, by key."""
        given = {"targets": self.targets, "frame": self.frame}
        return {key: path for key, path in given.items() if path is not None}

    @property
    def built(self) -> task.Task:
        """What frames the sequences.

        Raises:
            EchoseqError: for sizes that do not fit together; the message begins with the key.
        """
        return task.Task.of(self)

    @model_validator(mode="before")
    @classmethod
    def _count_positions(cls, given: Any) -> Any:
        """The number of positions in a list is that of the answer."""
        if isinstance(given, dict) and "n_out" not in given:
            asked = given.get("echo")
            if isinstance(asked, list) and asked:
                return {**given, "n_out": len(asked)}
        return given

    @model_validator(mode="after")
    def _check(self) -> "Task":
        for key, message in self._contradictions():
            raise wrong(key, message)
        try:
            _ = self.built
        except EchoseqError as error:
            raise wrong(*str(error).split(": ", 1)) from error
        return self

    def _contradictions(self) -> Iterator[tuple[str, str]]:
        """Keys that exclude each other."""
        if self.own and "echo" in self.model_fields_set:
            yield "echo", f"expected none with {next(iter(self.own))}, which says what is asked"
        if len(self.own) > 1:
            yield "targets", "expected none with frame, which makes them as well"
        if self.frame is None and self.windows is not None:
            yield "windows", "expected none without frame, whose windows it counts"
        if self.frame is not None and (self.framing == "mask" or not self.overlap):
            key = "framing" if self.framing == "mask" else "overlap"
            yield key, "expected none with frame, which makes the windows"
        if self.framing != "mask" and self.filler != FILLER:
            yield "filler", "expected none without framing: mask, as no value is missing"
        if self.symbols and not self.own:
            yield "symbols", "expected none without targets or frame, which would use them"
        if self.symbols and self.encoding == "linear":
            yield "symbols", "expected none with encoding: linear, where integers have an order"
        if len(set(self.symbols)) < len(self.symbols):
            yield "symbols", f"expected each name once, got {self.symbols}"
