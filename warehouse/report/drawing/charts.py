"""Counts to SVG drawn once, in Python: a chart that needs no script prints, copies and reads aloud."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup, escape

from warehouse.report.study import ORDER
from warehouse.report.words import shown

WIDTH, HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 26


def nice_ceiling(value: float) -> int:
    """Return the smallest round number: 1, 2, 3, 4, 5, 6 or 8 times a power of ten, that is not below the value."""
    step = 1
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if factor * step >= value:
                return factor * step
        step *= 10


def line(points: Sequence[tuple[date, int]]) -> Markup:
    """Return a line over weeks with its first, middle and last date; the axis starts at zero so that no fall hides."""
    if len(points) < 2:
        return Markup("")
    top = nice_ceiling(max(count for _, count in points) or 1)
    first, last = points[0][0].toordinal(), points[-1][0].toordinal()

    def x(day: date) -> float:
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day.toordinal() - first) / max(last - first, 1), 1)

    def y(count: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * count / top, 1)

    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="presentation" focusable="false">']
    for level in (0, top / 2, top):
        parts.append(f'<path class="grid" d="M{_LEFT},{y(level)}H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y(level) + 4}" text-anchor="end">{_label(level)}</text>')
    path = "L".join(f"{x(day)},{y(count)}" for day, count in points)
    parts.append(f'<path class="area" d="M{x(points[0][0])},{y(0)}L{path}L{x(points[-1][0])},{y(0)}Z"/>')
    parts.append(f'<path class="line" d="M{path}"/>')
    if len(points) <= 60:
        parts += [f'<circle class="dot" cx="{x(day)}" cy="{y(count)}" r="2.5"/>' for day, count in points]
    marked = dict.fromkeys([points[0][0], points[len(points) // 2][0], points[-1][0]])
    for day in marked:
        anchor = "start" if day == points[0][0] else "end" if day == points[-1][0] else "middle"
        parts.append(f'<text x="{x(day)}" y="{HEIGHT - 8}" text-anchor="{anchor}">{day.isoformat()}</text>')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704  # numbers and ISO dates only


def sparkline(counts: Sequence[int]) -> Markup:
    """Return the counts as a small line without axes."""
    if len(counts) < 2:
        return Markup("")
    top = max(counts) or 1
    step = 160 / (len(counts) - 1)
    path = "L".join(f"{round(2 + i * step, 1)},{round(34 - 30 * count / top, 1)}" for i, count in enumerate(counts))
    head = Markup('<svg class="spark" viewBox="0 0 164 36" role="presentation" focusable="false">')
    return head + Markup('<path class="line" d="M{}"/></svg>').format(path)


def bars(rows: Sequence[tuple[str, Mapping[str, int]]]) -> Markup:
    """Return one horizontal bar a row, split by archetype, the total at its end."""
    if not rows:
        return Markup("")
    label, pitch = 190, 22
    widest = max(sum(counts.values()) for _, counts in rows) or 1
    scale = (WIDTH - label - 48) / widest
    height = pitch * len(rows) + 4
    parts = [f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="presentation" focusable="false">']
    for i, (name, counts) in enumerate(rows):
        y, x = i * pitch + 3, float(label)
        parts.append(f'<text x="{label - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>')
        for key in ORDER:
            width = counts.get(key, 0) * scale
            if width:
                parts.append(
                    f'<rect class="a{key[0]}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="16">'
                    f"<title>{escape(name)} · {'–' if key not in '123456' else key} · {counts[key]}</title></rect>"
                )
            # A digit inside the segment: colour alone never says which archetype it is.
            if width >= 14 and key in "123456":
                parts.append(
                    f'<text class="in a{key}" x="{x + width / 2:.1f}" y="{y + 12}" text-anchor="middle">{key}</text>'
                )
            x += width
        parts.append(f'<text x="{x + 5:.1f}" y="{y + 12}">{shown(sum(counts.values()))}</text>')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704  # names are escaped, the rest are numbers


def _label(level: float) -> Markup:
    return shown(int(level)) if level == int(level) else escape(f"{level:g}")
