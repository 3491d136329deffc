"""partition: shapely: node all edges, polygonize, look every face up in a tree of the features."""

from __future__ import annotations

import numpy as np
import shapely
from common import Clock, Given, Told, answer, asked


def work(given: Given) -> Told:
    """Faces with their full set of conditions, and the area of each condition."""
    clock = Clock()
    with clock("read"):
        frames = given.read()
        area = given.area().geometry.iloc[0]
    questions = given.questions
    with clock("engine"):
        shapes = [asked(one, frames) for one in questions]
        # What asks for a part of a file's features has no edges but those of the whole file.
        whole = {(one.files, one.within_m) for one in questions if not one.where}
        used = [
            found
            for one, found in zip(questions, shapes, strict=True)
            if not one.where or (one.files, one.within_m) not in whole
        ]
        edges = [shapely.boundary(one) for one in used]
        lines = np.concatenate([*edges, [shapely.boundary(area)]])
        noded = shapely.node(shapely.geometrycollections(lines))
        faces = shapely.get_parts(shapely.polygonize([noded]))
        points = shapely.point_on_surface(faces)
        shapely.prepare(area)
        faces, points = (one[shapely.intersects(area, points)] for one in (faces, points))
        bits = np.zeros(len(faces), np.uint32)
        for k, found in enumerate(shapes):
            shapely.prepare(found)
            _, hit = shapely.STRtree(points).query(found, predicate="intersects")
            bits[hit] |= np.uint32(1 << k)
    sizes = shapely.area(faces)
    held = {one.key: float(sizes[bits >> k & 1 == 1].sum()) for k, one in enumerate(questions)}
    result = {
        "held": held,
        "places": float(sizes.sum()),
        "faces": len(faces),
        "rows": len(np.unique(bits)),
    }
    return clock.told(result, ["shapely"])


if __name__ == "__main__":
    answer("partition", "shapely node + polygonize", work)
