"""Drawings of the networks: what each step reads, and what it says."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from echoseq.figures.boxes import NETWORK, STEP, VALUE, Place, arrow, box, fit, note
from echoseq.figures.framing import Fact, Window
from echoseq.wording import plural

MOST, ENDS = 10, 4  # steps that are all drawn, and those at each end of more


def draw_network(axes: Axes, fact: Fact) -> None:
    """Draw the network of an experiment with the first window of its example."""
    kinds = {"lstm": _draw_lstm, "encoder_decoder": _draw_encoder_decoder}
    if fact["model"] in kinds and not _options(fact):
        kinds[fact["model"]](axes, fact["example"].windows[0])
    else:
        _draw_other(axes, fact)


def columns(fact: Fact) -> int:
    """The width of a network, in boxes."""
    n_in, n_out = (len(_drawn(int(fact[key]))) for key in ("n_in", "n_out"))
    plain = fact["model"] == "encoder_decoder" and not _options(fact)
    return n_in + (n_out + 1 if plain else 0)


def _options(fact: Fact) -> str:
    """The options with which the model is another one than is drawn."""
    options = fact.get("options")
    return options if isinstance(options, str) else ""


def _drawn(steps: int) -> list[int | None]:
    """The steps that are drawn; None stands for those left out in the middle."""
    if steps <= MOST:
        return list(range(steps))
    return [*range(ENDS), None, *range(steps - ENDS, steps)]


def _draw_lstm(axes: Axes, window: Window) -> None:
    drawn = _drawn(len(window.read))
    _reading(axes, drawn, window.read, window.answer)
    fit(axes, Place(-0.9, -3.2), Place((len(drawn) - 1) * STEP + 0.9, 3.6))


def _draw_encoder_decoder(axes: Axes, window: Window) -> None:
    read, said = _drawn(len(window.read)), _drawn(len(window.answer))
    _reading(axes, read, window.read)
    end = (len(read) - 1) * STEP
    start = len(read) * STEP + 0.6
    arrow(axes, Place(end + 0.5, 0), Place(start - 0.5, 0))
    for i, step in enumerate(said):
        x = start + i * STEP
        if step is None:
            note(axes, Place(x, 0), "...")
        else:
            box(axes, Place(x, 0), "LSTM", NETWORK)
            _answer(axes, x, 0, window.answer[step])
        if i:
            arrow(axes, Place(x - STEP + 0.5, 0), Place(x - 0.5, 0))
    middle = start + (len(said) - 1) * STEP / 2
    note(axes, Place(end / 2, 0.95), "encoder")
    note(axes, Place(middle, -1.0), "decoder, fed with the\nencoder's last output")
    fit(axes, Place(-0.9, -3.2), Place(start + (len(said) - 1) * STEP + 0.9, 3.6))


def _draw_other(axes: Axes, fact: Fact) -> None:
    box(axes, Place(1, 0), str(fact["model"]), NETWORK, width=4)
    note(axes, Place(1, -1.4), plural(int(fact["n_in"]), "value"))
    arrow(axes, Place(1, -1.1), Place(1, -0.45))
    note(axes, Place(1, 1.4), plural(int(fact["n_out"]), "value"))
    arrow(axes, Place(1, 0.45), Place(1, 1.1))
    fit(axes, Place(-2, -3.2), Place(4, 3.6))


def _reading(
    axes: Axes, drawn: Sequence[int | None], values: Sequence[str], answer: Sequence[str] = ()
) -> None:
    """The steps that read the values, one after the other, and what each says, if anything."""
    for i, step in enumerate(drawn):
        if step is None:
            note(axes, Place(i * STEP, 0), "...")
        else:
            _column(axes, i * STEP, 0, below=values[step], name="LSTM")
        if step is not None and step < len(answer):
            _answer(axes, i * STEP, 0, answer[step])
        if i:
            arrow(axes, Place((i - 1) * STEP + 0.5, 0), Place(i * STEP - 0.5, 0))


def _column(axes: Axes, x: float, y: float, *, below: str, name: str) -> None:
    """A step that reads a value."""
    box(axes, Place(x, y - 1.7), below, VALUE)
    arrow(axes, Place(x, y - 1.25), Place(x, y - 0.45))
    box(axes, Place(x, y), name, NETWORK)


def _answer(axes: Axes, x: float, y: float, value: str) -> None:
    """The time-distributed output layer over a step, and its answer."""
    arrow(axes, Place(x, y + 0.45), Place(x, y + 1.0))
    box(axes, Place(x, y + 1.45), "Dense", NETWORK)
    arrow(axes, Place(x, y + 1.9), Place(x, y + 2.5))
    box(axes, Place(x, y + 2.95), value, VALUE)
