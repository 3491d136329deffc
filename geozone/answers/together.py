"""Many proposals located at once, before each is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread

import numpy as np

from geozone.answers.site import Site
from geozone.engine.located import Located
from geozone.engine.outline import shapes_array
from geozone.land.proposals.proposal import Proposal
from geozone.land.shapes.flat import Flat

MANY = 1000
"""Of fewer polygons each is located sooner on its own than the ground is made ready for all."""

LARGE = 20_000_000
"""Bytes of a file that takes longer to read than kernels take to load."""


def load_beside(path: Path) -> None:
    """Load the kernels for very many points while a large file is read."""
    try:
        size = path.stat().st_size
    except OSError:
        return  # whoever reads it will say so
    if size >= LARGE:
        Thread(target=_load, daemon=True).start()


def _load() -> None:
    """Have the kernels asked once."""
    from geozone.engine.bulkgrid import PointGrid  # noqa: PLC0415 - kernels load late

    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    starts, one = np.array([0, len(square)]), np.ones(1, np.int8)
    flat = Flat(square, starts, one, np.zeros(1, np.int64))
    PointGrid.of(square[:1]).nearness(flat, 1.0)


def located_together(site: Site, proposals: Sequence[Proposal], jobs: int) -> Mapping[int, Located]:
    """What is located together, by the place of the proposal; nothing where these are few.

    ``jobs`` threads share the work.
    """
    chosen = [at for at, one in enumerate(proposals) if one.shape.geom_type in _GROUND]
    if len(chosen) < MANY or not site.regions:
        return {}
    from geozone.engine.parcels import locate_polygons  # noqa: PLC0415 - kernels load late

    shapes = shapes_array([proposals[at].shape for at in chosen])
    accuracy_m = np.array([proposals[at].accuracy_m for at in chosen])
    found = locate_polygons(site.regions, shapes, accuracy_m, site.project.area, jobs=jobs)
    return dict(zip(chosen, found, strict=True))


_GROUND = ("Polygon", "MultiPolygon")
