"""What metric coordinates look like, and which CRS would fit: for the words of a fault only."""

from __future__ import annotations

from geozone.land.coordinates.zones import WORKED_M, Grid, Zone, zone_of_prefix

NORTHINGS_M = (300_000.0, 6_000_000.0)
EASTINGS_M = (100_000.0, 900_000.0)
MERCATOR_M = ((8_000_000.0, 15_200_000.0), (300_000.0, 7_200_000.0))
"""Web Mercator x and y of China."""

Said = tuple[str, str]
"""Words in Chinese and in English."""


def guesses(x: float, y: float, grid: Grid | None = None) -> tuple[Said, ...]:
    """What would fit coordinates in metres, in words; nothing where nothing does.

    ``grid`` is the projection that the file states, whose meridian may be right.
    """
    found = (
        _prefixed(x, y),
        _swapped_prefixed(x, y),
        _plain(x, y, grid),
        _swapped_plain(x, y),
        _mercator(x, y),
    )
    return tuple(one for one in found if one is not None)


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def _zone(easting: float) -> Zone | None:
    """The zone of an easting that carries its number and lies well inside the zone."""
    zone = zone_of_prefix(easting)
    if zone is None:
        return None
    inside = abs(easting - (zone.number + 0.5) * 1e6) <= WORKED_M * zone.width / 3
    return zone if inside else None


def written(epsg: int) -> Said:
    """How to state a CRS."""
    return (
        f'写 crs = "EPSG:{epsg}"（文件自带坐标系时改正文件）',
        f'write crs = "EPSG:{epsg}" (where the file states its own, correct the file)',
    )


def _prefixed(x: float, y: float) -> Said | None:
    zone = _zone(x)
    if zone is None or not _within(y, NORTHINGS_M):
        return None
    zh, en = written(zone.epsg(prefixed=True))
    return f"若确为{zone.zh}，{zh}", f"if it is {zone.en}, {en}"


def _swapped_prefixed(x: float, y: float) -> Said | None:
    zone = _zone(y)
    if zone is None or not _within(x, NORTHINGS_M):
        return None
    zh, en = written(zone.epsg(prefixed=True))
    return (
        f"像是 x、y 颠倒（x 为北，y 为东，带号 {zone.number}）：对调两列，{zh}",
        f"x and y seem swapped (x north, y east with zone {zone.number}): swap them, {en}",
    )


def _plain(x: float, y: float, grid: Grid | None) -> Said | None:
    if not (_within(x, EASTINGS_M) and _within(y, NORTHINGS_M)):
        return None
    if grid is None or grid.zone is None:
        return (
            "像是无带号的高斯坐标，须声明其中央经线（EPSG:4534…4554）",
            "they look like Gauss-Kruger metres without zone number: declare their meridian "
            "(EPSG:4534…4554)",
        )
    zh, en = written(grid.zone.epsg(prefixed=False))
    meridian = grid.zone.meridian
    return f"若中央经线确为 {meridian}°，{zh}", f"if their meridian is {meridian}, {en}"


def _swapped_plain(x: float, y: float) -> Said | None:
    if not (_within(y, EASTINGS_M) and _within(x, (1_800_000.0, NORTHINGS_M[1]))):
        return None
    return (
        "像是 x、y 颠倒（x 为北，y 为东）：对调两列",
        "x and y seem swapped (x north, y east): swap them in the file",
    )


def _mercator(x: float, y: float) -> Said | None:
    if not (_within(x, MERCATOR_M[0]) and _within(y, MERCATOR_M[1])):
        return None
    zh, en = written(3857)
    return f"若为 Web 墨卡托，{zh}", f"if it is Web Mercator, {en}"
