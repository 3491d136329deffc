"""What a result rests on: receipts of the day's layers and of all other files, and versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geozone.answers.site import Site
from geozone.land.layers.layer import Layer
from geozone.land.receipt import Input, Receipt

Json = dict[str, Any]  # JSON of the contract


def receipts(site: Site) -> list[Json]:
    """The receipt of every layer that the ground of the day rests on."""
    themes = site.ground.themes
    return [layer_receipt(layer) for theme in sorted(themes) for layer in themes[theme].layers]


def layer_receipt(layer: Layer) -> Json:
    """What a result tells of a layer."""
    as_of = layer.spec.as_of
    return {
        "theme": layer.theme,
        "name": layer.name,
        "sha256": layer.receipt.sha256,
        "features": layer.count,
        "as_of": as_of.isoformat() if as_of else None,
        "accuracy_m": layer.accuracy_m,
        "synthetic": layer.spec.synthetic,
        "receipt": layer.receipt.brief(),
    }


def inputs(site: Site, more: Iterable[Input] = ()) -> list[Json]:
    """The receipts of the study area, the coverages and the other files given."""
    return [one.to_dict() for one in (*site.project.inputs, *more)]


def versions(site: Site, more: Iterable[Input] = ()) -> dict[str, str]:
    """The libraries that read, checked and placed all of these files, by name."""
    read = [one.receipt for one in (*site.project.inputs, *more)]
    read += [layer.receipt for ground in site.ground.themes.values() for layer in ground.layers]
    return versions_of(read)


def versions_of(read: Iterable[Receipt]) -> dict[str, str]:
    """The libraries of receipts, sorted by name."""
    return dict(sorted(pair for receipt in read for pair in receipt.versions))
