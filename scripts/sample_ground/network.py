"""Shortest ways along the highway net: named through-routes out of lines without classes."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, hypot, radians

import geopandas as gpd
import shapely
from shapely.geometry import LineString

Node = tuple[float, float]
Net = Mapping[Node, Mapping[Node, float]]

MIDDLE_LATITUDE = 37.5


def _kilometres(a: Node, b: Node) -> float:
    across = (a[0] - b[0]) * cos(radians(MIDDLE_LATITUDE))
    return 111.2 * hypot(across, a[1] - b[1])


def net_of(lines: gpd.GeoSeries) -> Net:
    """The net whose nodes are the vertices of the lines, weighted by kilometres."""
    net: dict[Node, dict[Node, float]] = defaultdict(dict)
    for line in lines:
        nodes = [(round(x, 3), round(y, 3)) for x, y in shapely.get_coordinates(line)]
        for a, b in pairwise(nodes):
            if a != b:
                net[a][b] = net[b][a] = _kilometres(a, b)
    return _largest_part(net)


def _largest_part(net: Net) -> Net:
    left = set(net)
    best: set[Node] = set()
    while left:
        seed = min(left)
        part, front = {seed}, [seed]
        while front:
            fresh = set(net[front.pop()]) - part
            part |= fresh
            front.extend(fresh)
        left -= part
        best = max(best, part, key=len)
    return {node: net[node] for node in best}


def way(net: Net, stops: Sequence[Node]) -> LineString:
    """The shortest way along the net through all stops (degrees), in their order."""
    nearest = [min(net, key=lambda node, s=stop: (_kilometres(node, s), node)) for stop in stops]  # type: ignore[misc]
    nodes: list[Node] = []
    for start, goal in pairwise(nearest):
        nodes.extend(_shortest(net, start, goal)[1 if nodes else 0 :])
    return LineString(nodes)


def _shortest(net: Net, start: Node, goal: Node) -> list[Node]:
    best = {start: 0.0}
    before: dict[Node, Node] = {}
    heap = [(0.0, start)]
    while heap:
        length, node = heapq.heappop(heap)
        if node == goal:
            break
        if length > best[node]:
            continue
        for other, step in net[node].items():
            if length + step < best.get(other, float("inf")):
                best[other] = length + step
                before[other] = node
                heapq.heappush(heap, (length + step, other))
    path = [goal]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]
