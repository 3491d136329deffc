"""A model's file to fill in: one that ships, with a table of data for every factor."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from geozone.answers.suitability.modelfile import WrittenFactor, shipped_models, written_files
from geozone.land.factors.spec import Measure
from geozone.land.faults import Faults, did_you_mean
from geozone.law.errors import Fault, Refused
from geozone.pages.scorewords import MEASURE_NAMES

_REACHING = (Measure.DISTANCE, Measure.DENSITY)


def skeleton(name: str, file: Path) -> str:
    """The text of a ``MODEL.toml`` on a shipped model, all paths of data still empty.

    Raises ``Refused`` for a model that does not ship, and where ``file`` is there already.
    """
    if name not in shipped_models():
        what = "没有这个随附模型 / no such model ships"
        raise Refused([Fault(name, "MODEL", what, did_you_mean(name, shipped_models()))])
    if file.exists():
        what = "文件已存在 / is there already"
        raise Refused([Fault(str(file), "--init", what, "换一个名称 / choose another name")])
    with as_file(files("geozone.models") / f"{name}.toml") as path:
        faults = Faults(str(path))
        found = written_files(path, faults)
        faults.settle()
    tables = [_table(one) for written in found for one in written.factors]
    head = f'schema = 1\nextends = "{name}"\n'
    return "\n".join([head, *tables])


def _table(one: WrittenFactor) -> str:
    """The table of a factor's data, with what it has to hold."""
    measure: Measure = one.data.get("measure", Measure.VALUE)
    said = MEASURE_NAMES[measure.value]
    lines = [
        f"# {one.label.zh} / {one.label.en} ({one.unit}): {said['zh']} / {said['en']}",
        f"[data.{one.id}]",
        'path = ""',
    ]
    if measure is Measure.VALUE:
        lines += ['resampling = "nearest"  # 栅格 / a raster: nearest, bilinear, average, mode']
        lines += ['# field = "…"           # 矢量面 / polygons: their attribute, and accuracy_m']
    else:
        lines += ["accuracy_m = 10", 'coverage = "area"       # 全区已查清 / looked at everywhere']
    if measure in _REACHING and "reach_m" not in one.data:
        lines += ["reach_m = 5000"]
    return "\n".join([*lines, ""])
