"""The trend as a small picture. What it shows stands in words beside it, for blind screens."""

from collections.abc import Sequence
from io import BytesIO
from math import isnan, nan

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from inventory_pipeline.report.measures import TrendDay

WIDTH, HEIGHT, DPI = 5.84, 2.5, 160
INK, QUIET, GRID, RATE, RIGHT = "#24364b", "#8794a3", "#e3e8ed", "#a84a06", "#1c5fa8"


def draw_trend(trend: Sequence[TrendDay], *, line: float) -> bytes:
    """Return a PNG of drift rate over record accuracy, one point a day; holes stay holes.

    Args:
        trend: the days, oldest first.
        line: the structural line of the drift rate, as a share.
    """
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    upper, lower = figure.subplots(2, 1, sharex=True)
    rates = [_percent(each.drift_rate) for each in trend]
    _draw(upper, rates, "Drift rate", RATE, digits=2)
    upper.axhline(line * 100, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
    known = [rate for rate in rates if not isnan(rate)]
    upper.set_ylim(bottom=0, top=max([line * 130, *(rate * 1.35 for rate in known)]))
    shares = [_percent(each.record_accuracy) for each in trend]
    _draw(lower, shares, "Record accuracy", RIGHT)
    least = min((share for share in shares if not isnan(share)), default=100.0)
    lower.set_ylim(bottom=max(0, least - 0.5), top=100.2)
    _name_days(lower, trend)
    figure.subplots_adjust(left=0.09, right=0.9, top=0.92, bottom=0.1, hspace=0.55)
    target = BytesIO()
    figure.savefig(target, format="png", dpi=DPI, metadata={"Software": None})
    return target.getvalue()


def _name_days(axes: Axes, trend: Sequence[TrendDay]) -> None:
    days = [f"{each.day:%b} {each.day.day}" for each in trend]
    places = range(len(days) - 1, -1, -2)
    axes.set_xticks(places, [days[place] for place in places])


def _percent(share: float | None) -> float:
    return nan if share is None else share * 100


def _draw(axes: Axes, values: list[float], title: str, colour: str, *, digits: int = 1) -> None:
    places = range(len(values))
    axes.plot(places, values, color=colour, linewidth=1.6, marker="o", markersize=3, clip_on=False)
    axes.set_title(title, fontsize=8, color=INK, loc="left", pad=3, fontweight="bold")
    axes.tick_params(labelsize=7, colors=INK, length=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
    axes.locator_params(axis="y", nbins=3)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_xlim(-0.4, len(values) - 0.95)
    for side in axes.spines.values():
        side.set_visible(False)
    _mark_last(axes, values, colour, digits)


def _mark_last(axes: Axes, values: list[float], colour: str, digits: int) -> None:
    known = [(place, value) for place, value in enumerate(values) if not isnan(value)]
    if not known:
        return
    axes.annotate(
        f"{known[-1][1]:.{digits}f}%",
        known[-1],
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        fontweight="bold",
        color=colour,
        annotation_clip=False,
    )
