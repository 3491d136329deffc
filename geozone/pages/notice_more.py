"""Parts six to ten of the notice, and its annex of boundary points."""

from __future__ import annotations

from geozone.pages import text as words
from geozone.pages.markup import Child, Html, joined, tag
from geozone.pages.notice_cells import Json, Writer, as_text

INPUTS = {
    "area": ("研究区", "Study area"),
    "coverage": ("图层覆盖范围", "Coverage of layers"),
    "proposals": ("地块", "Parcel"),
    "facts": ("事实表", "Facts"),
    "datum_shift": ("基准转换参数", "Parameters of a datum shift"),
}
"""What a file is that is no layer."""


def changes_part(content: Json, write: Writer) -> Html:
    """Part six: lapsed, superseded and announced documents, and what changes when."""
    if not content["changes"]:
        return write.none(
            "所列文件在决策日前后没有已知变化。",
            "No change of the listed documents is known around the decision date.",
        )
    heads = (("日期", "Date"), ("文件", "Document"), ("状态", "Standing"), ("说明", "What changes"))
    rows = [
        (
            str(one.get("date") or "—"),
            joined(
                tag("p", str(one.get("policy") or ""), class_="code"),
                write.tongue.say(as_text(one.get("title"))),
            ),
            write.tongue.say(words.name_of(words.PHASE_NAMES, str(one.get("phase")))),
            write.tongue.say(as_text(one.get("says"))),
        )
        for one in content["changes"]
    ]
    return write.table(heads, rows, "changes")


def resources_part(content: Json, write: Writer) -> Html:
    """Part seven: field, suitability, reservoir, depth and temperature, where layers give them."""
    if not content["resources"]:
        return write.none(
            "未收到地热田、适宜性分区、热储层等资源数据，需核实。",
            "No resource data (field, suitability, reservoir) was received; has to be checked.",
        )
    heads = (("项目", "Item"), ("内容", "Value"), ("依据成果", "Source"))
    rows = [
        (
            write.theme(one.get("theme")),
            write.tongue.say(as_text(one.get("value"))),
            write.tongue.say(as_text(one.get("source"))),
        )
        for one in content["resources"]
    ]
    return write.table(heads, rows)


def alternatives_part(content: Json, write: Writer) -> Html:
    """Part nine: the nearest compliant places, or an honest statement."""
    return tag("p", write.tongue.say(as_text(content["alternatives"]["says"])))


def data_part(content: Json, write: Writer) -> Html:
    """Part ten: receipts, documents, engine, what files cannot show, disclaimer and hash."""
    data, line = content["data"], write.tongue.line
    disclaimer = line(
        "本告知书依据所列文件和已收到的数据编制，为告知性文件，不替代行政许可。成果更新后应重新核查。",
        "This notice informs, on the listed documents and the data received; it replaces no "
        "administrative permit. Check again when results are updated.",
    )
    limits = [tag("li", write.tongue.say(one["says"])) for one in data["cannot_detect"]]
    return joined(
        tag("h3", line("图层", "Layers")),
        _layers(data["layers"], write),
        _inputs(data.get("inputs", []), write),
        tag("h3", line("文件", "Documents")),
        _policies(data["policies"], write),
        tag("h3", line("方法与限制", "Method and limits")),
        tag("ul", *limits),
        write.facts(
            [
                (line("决策日期", "Decision date"), content["on"]),
                (line("程序版本", "Engine"), data["engine"] or "—"),
                (
                    line("校验值（SHA-256）", "Hash (SHA-256)"),
                    tag("span", content["hash"], class_="hash"),
                ),
                (line("校验方法", "How to verify"), write.tongue.say(data["hash_method"])),
            ]
        ),
        tag("p", disclaimer, class_="disclaimer"),
    )


def _layers(layers: list[Json], write: Writer) -> Html:
    if not layers:
        return write.none("未收到图层。", "No layer was received.")
    heads = (
        ("要素、图层", "Theme, layer"),
        ("来源", "Source"),
        ("数据日期", "As of"),
        ("精度", "Accuracy"),
        ("要素数", "Features"),
        ("SHA-256", "SHA-256"),
    )
    return write.table(heads, [_layer(one, write) for one in layers], "layers")


def _layer(one: Json, write: Writer) -> tuple[Child, ...]:
    made = write.tongue.line("合成示例", "synthetic") if one.get("synthetic") else None
    accuracy = one.get("accuracy_m")
    features = one.get("features")
    return (
        joined(
            write.theme(one.get("theme")), tag("p", str(one.get("name") or ""), class_="code small")
        ),
        joined(
            tag("p", str(one.get("source") or "—"), class_="small"),
            tag("p", str(one.get("licence") or ""), class_="small") if one.get("licence") else None,
            tag("p", made, class_="small") if made else None,
        ),
        str(one.get("as_of") or "—"),
        "—" if accuracy is None else f"±{accuracy:g} m",
        "—" if features is None else str(features),
        tag("span", str(one.get("sha256") or "—"), class_="hash"),
    )


def _inputs(inputs: list[Json], write: Writer) -> Html | None:
    """The study area, the coverages and the parcel's own file, by their hashes."""
    heads = (("输入", "Input"), ("文件", "File"), ("SHA-256", "SHA-256"))
    rows = [
        (
            write.tongue.line(*INPUTS[one["role"]]),
            str(one["name"]),
            tag("span", str(one["sha256"]), class_="hash"),
        )
        for one in inputs
    ]
    return write.table(heads, rows, "inputs") if rows else None


def _policies(policies: list[Json], write: Writer) -> Html:
    if not policies:
        return write.none("无。", "None.")
    heads = (("编号", "Id"), ("文件", "Document"), ("文号", "Number"), ("效力", "Validity"))
    rows = [
        (
            tag("p", str(one["id"]), class_="code"),
            write.tongue.say(as_text(one.get("title"))),
            str(one.get("number") or "—"),
            write.standing(one),
        )
        for one in policies
    ]
    return write.table(heads, rows, "policies")


def points_annex(content: Json, write: Writer) -> Html:
    """Annex one: the boundary points, north before east, three decimals."""
    heads = (
        ("序号", "No."),
        ("点号", "Point"),
        ("圈号", "Ring"),
        ("X（北）/ m", "X (north)"),
        ("Y（东）/ m", "Y (east)"),
    )
    rows = [
        (
            str(number),
            one["name"],
            str(one["ring"]),
            f"{one['x_north']:.3f}",
            f"{one['y_east']:.3f}",
        )
        for number, one in enumerate(content["parcel"]["points"], start=1)
    ]
    return write.table(heads, rows, "points") if rows else write.none("未列出。", "Not listed.")


def _metres(value: float) -> str:
    return f"{value:.3f}"
