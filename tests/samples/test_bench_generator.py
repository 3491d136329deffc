"""The made province: the same seed gives the same bytes, and its layers open in geozone."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import geozone as gz
from geozone.answers.site import open_site

BENCH = Path(__file__).resolve().parents[2] / "scripts" / "bench"
KINDS = {"plain": {}, "again": {}, "other": {"seed": 7}, "dirty": {"dirty": True}}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folders of the smallest province, by how it was made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        province = importlib.import_module("province")
        sizes = importlib.import_module("making.sizes").SIZES
    found = {}
    for name, options in KINDS.items():
        found[name] = tmp_path_factory.mktemp(name)
        how = province.How(accuracies=(5.0,), container=False, **options)
        province.make(sizes["tiny"], found[name], how)
    return found


def written(folder):
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


def test_the_same_seed_gives_the_same_bytes(made):
    plain, again = (
        {name: data for name, data in written(made[one]).items() if not name.endswith(".gpkg")}
        for one in ("plain", "again")
    )
    assert plain == again
    assert plain["farmland.parquet"] != written(made["other"])["farmland.parquet"]


@pytest.mark.parametrize("kind", ["plain", "dirty"])
def test_geozone_opens_it_and_asks_what_peers_are_told(made, kind):
    project = gz.open(made[kind]).project
    site = open_site(project, project.activities)
    told = {one["key"] for one in json.loads((made[kind] / "conditions.json").read_text())}
    held = {one.condition.key for one in site.regions if len(one.shapes)}
    assert len(told) == 17
    assert held <= told <= {one.condition.key for one in site.regions}
    assert all(layer.accuracy_m == 0 for layer in project.layers)
    assert sum(1 for layer in project.layers if len(layer.shapes)) == 14
    assert project.area.area == pytest.approx(25e6)


def test_the_accuracy_variant_reads_the_same_layers(made):
    project = gz.open(made["plain"] / "geozone-accuracy-5.toml").project
    assert {layer.accuracy_m for layer in project.layers} == {5.0}


def test_neighbouring_parcels_share_their_borders(made):
    shapes = gpd.read_parquet(made["plain"] / "farmland.parquet").geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="touches")
    shared = shapely.length(shapely.intersection(shapes[one], shapes[other]))
    assert (shared > 50).sum() > len(shapes)


def test_dirty_layers_are_valid_one_by_one_and_never_agree(made):
    shapes = gpd.read_parquet(made["dirty"] / "redline.parquet").geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    forms = shapely.to_wkb(shapes)
    assert len(set(forms)) < len(forms)
    bends = shapely.get_coordinates(shapely.boundary(shapes))
    near = shapely.STRtree(shapely.points(bends)).query(
        shapely.points(bends), predicate="dwithin", distance=0.002
    )
    apart = abs(bends[near[0]] - bends[near[1]]).max(axis=1)
    assert (apart > 1e-5).any()


def test_proposals_lie_in_the_area(made):
    area = gpd.read_parquet(made["plain"] / "area.parquet").geometry.iloc[0]
    for name in ("wells", "parcels", "blocks"):
        shapes = gpd.read_parquet(made["plain"] / f"{name}.parquet").geometry.to_numpy()
        assert len(shapes)
        assert shapely.covers(area, shapes).all()
