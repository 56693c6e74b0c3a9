"""The charts of the page, as specifications of Vega-Lite; they look like the figures."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from echoseq.figures import style

Row = Mapping[str, Any]
Spec = dict[str, Any]

FONT = "system-ui, sans-serif"
INK = "#1E293B"
LEARNED_RANGE = ("#F7FBFF", "#2171B5")  # as in the figure of the sizes
TIMES = [factor * 10**power for power in range(7) for factor in (1, 3)]  # that axes label
CURVE = "curve"  # the name of the data that the page hands to the charts of training
LINE = 13  # pixels, the height of a line of an axis label
SHORT, LONGEST = 22, 32  # characters of a label in one line, and of each line


def size_map(rows: Sequence[Row], description: str) -> Spec:
    """A map of groups and cells.

    Args:
        rows: group, cells, share, learned, median, time, needed; groups in their order.
    """
    groups = list(dict.fromkeys(row["group"] for row in rows))
    shown = {group: _in_lines(group) for group in groups}
    lines = max(label.count("\n") + 1 for label in shown.values())
    labelled = [{**row, "label": shown[row["group"]]} for row in rows]
    chart = alt.Chart(alt.InlineData(labelled)).encode(
        x=alt.X("cells:O", title="cells", axis=alt.Axis(labelAngle=0, domain=False, ticks=False)),
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                labelExpr="split(datum.label, '\\n')",
                labelLineHeight=LINE,
                labelOffset=-LINE * (lines - 1) / 2,
                domain=False,
                ticks=False,
            ),
        ),
        tooltip=[
            alt.Tooltip("group:N"),
            alt.Tooltip("cells:O"),
            alt.Tooltip("learned:N", title="seeds that learned"),
            alt.Tooltip("median:N", title="epochs, median"),
        ],
    )
    return _spec(
        alt.layer(*_cells(chart)), description, height=len(groups) * max(26, 8 + LINE * lines)
    )


def _cells(chart: alt.Chart) -> list[alt.Chart]:
    """The layers of a map: how many learned, what is needed, the times."""
    share = alt.Color(
        "share:Q",
        scale=alt.Scale(domain=[0, 1], range=list(LEARNED_RANGE)),
        legend=alt.Legend(title="seeds that learned", format="%", values=[0, 0.5, 1]),
    )
    return [
        chart.mark_rect(stroke="white").encode(color=share),
        chart.mark_rect(filled=False, stroke=style.ERROR, strokeWidth=2).transform_filter(
            "datum.needed"
        ),
        chart.mark_text(fontSize=11).encode(
            text="time:N",
            # Where the contrast of black falls below 4.5 to 1, that of white is above.
            color=alt.condition("datum.share > 0.95", alt.value("white"), alt.value("black")),
        ),
    ]


def _in_lines(group: str) -> str:
    """A group in one line if it is short, else in two of whole parts, which may be broken."""
    if len(group) <= SHORT:
        return group
    parts = group.split(", ")
    ways = [(f"{', '.join(parts[:k])},", ", ".join(parts[k:])) for k in range(1, len(parts))]
    lines = min(ways, key=lambda way: max(map(len, way)), default=(group,))
    return "\n".join(textwrap.fill(line, LONGEST) for line in lines)


def times(
    medians: Sequence[Row], seeds: Sequence[Row], sizes: Sequence[int], description: str
) -> Spec:
    """Epochs until learned against cells: medians with intervals, and single seeds.

    Args:
        medians: at, label, cells, epochs, low, high, open, median, interval, color, shape.
        seeds: at, label, cells, seed, epochs, learned, said, color.
        sizes: the cells that the axis labels.
    """
    drawn = [row[key] for row in medians for key in ("low", "high")]
    drawn += [row["epochs"] for row in [*medians, *seeds]]
    known = [value for value in drawn if value is not None]
    x = alt.X(
        "at:Q",
        scale=alt.Scale(type="log", domain=[sizes[0] / 1.4, sizes[-1] * 1.4], nice=False),
        axis=alt.Axis(values=list(sizes), title="cells", format=",d", grid=False),
    )
    y = alt.Y(
        "epochs:Q",
        scale=alt.Scale(type="log", domain=[min(known) / 1.5, max(known) * 1.5], nice=False),
        axis=alt.Axis(values=TIMES, title="epochs until learned", format=",d"),
    )
    return _spec(alt.layer(*_marks(medians, seeds, x, y)), description, height=280)


def _marks(medians: Sequence[Row], seeds: Sequence[Row], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The layers of times: single seeds, intervals, and medians with lines between them."""
    color, fill = alt.Color("color:N", scale=None), alt.Fill("color:N", scale=None)
    named = [alt.Tooltip("label:N", title="group"), alt.Tooltip("cells:Q")]
    single = [*named, alt.Tooltip("seed:O"), alt.Tooltip("said:N", title="epochs")]
    points = alt.Chart(alt.InlineData(list(seeds))).encode(x=x, y=y, color=color, tooltip=single)
    middle = alt.Chart(alt.InlineData(list(medians))).encode(
        x=x, y=y, tooltip=[*named, alt.Tooltip("median:N"), alt.Tooltip("interval:N")]
    )
    return [
        points.mark_circle(size=22, opacity=0.55).transform_filter("datum.learned"),
        points.mark_point(shape="triangle-up", size=40, strokeWidth=1).transform_filter(
            "!datum.learned"
        ),
        middle.mark_rule(strokeWidth=2)
        .encode(y=alt.Y("low:Q"), y2="high:Q", color=color)
        .transform_filter("isValid(datum.low)"),
        middle.mark_text(text="\u2191", dy=-15, fontSize=16, fontWeight="bold")
        .encode(y=alt.Y("high:Q"), color=color)
        .transform_filter("datum.open"),
        middle.mark_line(strokeWidth=1.5)
        .encode(detail="label:N", color=color)
        .transform_filter("isValid(datum.epochs)"),
        middle.mark_point(size=80, opacity=1, stroke=INK, strokeWidth=0.7)
        .encode(shape=alt.Shape("shape:N", scale=None), fill=fill)
        .transform_filter("isValid(datum.epochs)"),
    ]


def curves(measure: str, title: str, chance: str, *, logarithmic: bool) -> Spec:
    """A measure during training, a line for each seed; the page adds the data.

    Args:
        measure: of the rows: accuracy or loss.
        chance: the column with the value of a guess.
    """
    y = alt.Y(
        f"{measure}:Q",
        title=title,
        scale=alt.Scale(type="log") if logarithmic else alt.Scale(domain=[0, 1]),
        axis=alt.Axis(tickCount=5, format="~g" if logarithmic else ".1f"),
    )
    pointed = alt.selection_point(
        name="pointed", fields=["seed"], on="pointerover", clear="pointerout", empty=True
    )
    chart = alt.Chart(alt.NamedData(CURVE))
    seeds = chart.encode(
        x=alt.X("epoch:Q", title="epoch", axis=alt.Axis(format=",d", grid=False, tickCount=5)),
        y=y,
        detail="seed:O",
        tooltip=[
            alt.Tooltip("seed:O"),
            alt.Tooltip("epoch:Q", format=",d"),
            alt.Tooltip(f"{measure}:Q", title=title.partition(" (")[0], format=".4~g"),
        ],
    )
    layers = [
        chart.mark_rule(color=style.CHANCE, strokeDash=[4, 3]).encode(y=alt.Y(f"min({chance}):Q")),
        seeds.mark_line(color=style.OURS, strokeWidth=1.5).encode(
            opacity=alt.condition(pointed, alt.value(0.85), alt.value(0.15))
        ),
        # What the pointer meets: larger than the lines, and seen only where it is.
        seeds.mark_circle(color=style.OURS, size=70)
        .encode(opacity=alt.condition(pointed, alt.value(1), alt.value(0), empty=False))
        .properties(name="points")
        .add_params(pointed),
    ]
    return _spec(alt.layer(*layers), title, height=240)


def positions() -> Spec:
    """Accuracy at each position, a mean over seeds with its interval; the page adds the data."""
    chart = alt.Chart(alt.NamedData(CURVE)).encode(
        x=alt.X("position:N", sort=None, title="position", axis=alt.Axis(labelAngle=0)),
        tooltip=[
            alt.Tooltip("position:N"),
            *(alt.Tooltip(f"{key}:Q", format=".4~g") for key in ("mean", "low", "high", "chance")),
        ],
    )
    y = alt.Y(
        "mean:Q", title="accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(tickCount=5)
    )
    layers = [
        chart.mark_tick(color=style.CHANCE, thickness=2).encode(y=alt.Y("chance:Q")),
        chart.mark_rule(color=style.OURS, strokeWidth=2)
        .encode(y=alt.Y("low:Q"), y2="high:Q")
        .transform_filter("isValid(datum.low)"),
        chart.mark_circle(color=style.OURS, size=70, opacity=1).encode(y=y),
    ]
    return _spec(alt.layer(*layers), "accuracy by position", height=240)


def _spec(chart: alt.LayerChart | alt.FacetChart, description: str, height: int) -> Spec:
    """A chart as wide as its place on the page."""
    whole = chart.properties(
        width="container",
        height=height,
        description=description,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        background="transparent",
    )
    whole = whole.configure(font=FONT)
    whole = whole.configure_view(stroke=None)
    whole = whole.configure_axis(
        labelColor=INK,
        titleColor=INK,
        labelFontSize=12,
        titleFontSize=12,
        titleFontWeight="normal",
        gridColor=style.GRID,
        domainColor=style.CHANCE,
        tickColor=style.CHANCE,
        labelLimit=220,
    )
    whole = whole.configure_legend(
        orient="top",
        direction="horizontal",
        gradientLength=150,
        labelColor=INK,
        titleColor=INK,
        titleFontWeight="normal",
        labelFontSize=12,
        titleFontSize=12,
    )
    spec: Spec = whole.to_dict()
    return spec
