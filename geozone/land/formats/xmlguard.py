"""XML that may be given to a parser: no document type, no entities, no endless nesting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from geozone.land.formats.decode import known_encoding

MOST_DEPTH = 100
MOST_BYTES = 512 << 20
DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
CHINESE = ("gb18030", "gbk", "gb2312")


def plain_xml(content: bytes) -> bytes:
    """XML in an encoding that parsers know: what is declared as GBK or its kin becomes UTF-8.

    Raises ``ValueError`` where the text is not in the encoding that it declares.
    """
    found = DECLARED.match(content)
    if found is None:
        return content
    name = found[1].decode("ascii")
    if known_encoding(name) not in CHINESE:
        return content
    return content[found.end() :].decode(known_encoding(name)).encode("utf-8")


def tally(content: bytes) -> Mapping[str, int]:
    """How many elements of each local name there are.

    Raises ``ValueError`` for a document type (any encoding), an entity, nesting beyond reason,
    and whatever is not well-formed.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"XML 过大 / XML of more than {MOST_BYTES} bytes")
    counts: Counter[str] = Counter()
    depth = 0

    def start(name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise ValueError(f"嵌套过深 / nested deeper than {MOST_DEPTH}")
        counts[name.rpartition(":")[2]] += 1

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> NoReturn:
        raise ValueError("含 DOCTYPE 或实体，不予解析 / a DOCTYPE or entity: not parsed")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"XML 有误 / XML is not well-formed: {error}") from error
    return counts
