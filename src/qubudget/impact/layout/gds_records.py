"""Is this GDS II? Its records and their order, before a library meets them.

A file is a chain of records: two bytes of length, one of type, one of data type, the data.
Libraries trust the order of records and may fall over a damaged file.

Source: Calma, GDSII Stream Format Manual, release 6.0 (1987). Attributes of an element may come
in any order here, as not every program keeps to the manual's.
"""

from __future__ import annotations

import re

_NONE, _BITS, _SHORT, _LONG, _REAL, _TEXT = 0, 1, 2, 3, 5, 6
_BYTES = {_BITS: 2, _SHORT: 2, _LONG: 4, _REAL: 8, _TEXT: 2}

_RECORDS = {
    "HEADER": (0x00, _SHORT), "BGNLIB": (0x01, _SHORT), "LIBNAME": (0x02, _TEXT),
    "UNITS": (0x03, _REAL), "ENDLIB": (0x04, _NONE), "BGNSTR": (0x05, _SHORT),
    "STRNAME": (0x06, _TEXT), "ENDSTR": (0x07, _NONE), "BOUNDARY": (0x08, _NONE),
    "PATH": (0x09, _NONE), "SREF": (0x0A, _NONE), "AREF": (0x0B, _NONE), "TEXT": (0x0C, _NONE),
    "LAYER": (0x0D, _SHORT), "DATATYPE": (0x0E, _SHORT), "WIDTH": (0x0F, _LONG),
    "XY": (0x10, _LONG), "ENDEL": (0x11, _NONE), "SNAME": (0x12, _TEXT),
    "COLROW": (0x13, _SHORT), "NODE": (0x15, _NONE), "TEXTTYPE": (0x16, _SHORT),
    "PRESENTATION": (0x17, _BITS), "STRING": (0x19, _TEXT), "STRANS": (0x1A, _BITS),
    "MAG": (0x1B, _REAL), "ANGLE": (0x1C, _REAL), "REFLIBS": (0x1F, _TEXT),
    "FONTS": (0x20, _TEXT), "PATHTYPE": (0x21, _SHORT), "GENERATIONS": (0x22, _SHORT),
    "ATTRTABLE": (0x23, _TEXT), "ELFLAGS": (0x26, _BITS), "NODETYPE": (0x2A, _SHORT),
    "PROPATTR": (0x2B, _SHORT), "PROPVALUE": (0x2C, _TEXT), "BOX": (0x2D, _NONE),
    "BOXTYPE": (0x2E, _SHORT), "PLEX": (0x2F, _LONG), "BGNEXTN": (0x30, _LONG),
    "ENDEXTN": (0x31, _LONG), "STRCLASS": (0x34, _BITS), "FORMAT": (0x36, _SHORT),
    "MASK": (0x37, _TEXT), "ENDMASKS": (0x38, _NONE), "LIBDIRSIZE": (0x39, _SHORT),
    "SRFNAME": (0x3A, _TEXT), "LIBSECUR": (0x3B, _SHORT),
}  # fmt: skip
_NAMES = {code: name for name, (code, _) in _RECORDS.items()}
_DATA = dict(_RECORDS.values())
_LENGTHS = {"HEADER": 2, "UNITS": 16, "COLROW": 4, "LAYER": 2, "DATATYPE": 2, "WIDTH": 4,
            "MAG": 8, "ANGLE": 8, "STRANS": 2, "PATHTYPE": 2}  # fmt: skip

_PROPERTIES = "(PROPATTR PROPVALUE)"
_COMMON = "ELFLAGS|PLEX|LAYER"
_ELEMENTS = (
    f"BOUNDARY ({_COMMON}|DATATYPE)* (XY)+ {_PROPERTIES}*",
    f"BOX ({_COMMON}|BOXTYPE)* XY {_PROPERTIES}*",
    f"NODE ({_COMMON}|NODETYPE)* XY {_PROPERTIES}*",
    f"PATH ({_COMMON}|DATATYPE|PATHTYPE|WIDTH|BGNEXTN|ENDEXTN)* (XY)+ {_PROPERTIES}*",
    f"TEXT ({_COMMON}|TEXTTYPE|PRESENTATION|PATHTYPE|WIDTH|STRANS|MAG|ANGLE)* XY STRING"
    f" {_PROPERTIES}*",
    f"SREF ({_COMMON})* SNAME (STRANS|MAG|ANGLE)* XY {_PROPERTIES}*",
    f"AREF ({_COMMON})* SNAME (STRANS|MAG|ANGLE)* COLROW XY {_PROPERTIES}*",
)
_STRUCTURE = f"BGNSTR STRNAME (STRCLASS)? (({'|'.join(_ELEMENTS)}) ENDEL)* ENDSTR"
_FILE = (
    "HEADER BGNLIB (LIBDIRSIZE|SRFNAME|LIBSECUR)* LIBNAME"
    "(REFLIBS|FONTS|ATTRTABLE|GENERATIONS|FORMAT|MASK|ENDMASKS)*"
    f"UNITS ({_STRUCTURE})* ENDLIB"
)


def _pattern(grammar: str) -> re.Pattern[bytes]:
    """One byte for a record's type; what has matched is never tried again another way."""
    text = re.sub(r"[A-Z]+", lambda name: f"\\x{_RECORDS[name[0]][0]:02x}", grammar)
    text = text.replace("(", "(?:").replace(")*", ")*+").replace(")+", ")++").replace(" ", "")
    return re.compile(text.encode())


_ORDER = _pattern(_FILE)


def damage(content: bytes) -> str | None:
    """What is wrong with the records of a GDS II file; None when nothing is.

    >>> damage(b"no layout")
    'no GDS header'
    """
    if content[:4] != b"\x00\x06\x00\x02" or content[8:10] != b"\x01\x02":
        return "no GDS header"
    place, types = 0, bytearray()
    while not types or types[-1] != _RECORDS["ENDLIB"][0]:
        size = int.from_bytes(content[place : place + 2], "big")
        if size < 4 or place + size > len(content):
            return f"a broken record at byte {place:,}"
        code, kind = content[place + 2], content[place + 3]
        name = _NAMES.get(code, "")
        if (
            not name
            or kind != _DATA[code]
            or not _fits(name, kind, content[place + 4 : place + size])
        ):
            return f"a broken {name or 'unknown'} record at byte {place:,}"
        types.append(code)
        place += size
    if not _ORDER.fullmatch(types):
        return "GDS records in no order that means a drawing"
    return None


def _fits(name: str, kind: int, data: bytes) -> bool:
    """Whether a record has data of the size, or text of the letters, that it should."""
    if kind == _NONE:
        return not data
    if kind == _TEXT and not data.isascii():
        return False
    if name == "XY":
        return len(data) > 0 and len(data) % 8 == 0
    return len(data) == _LENGTHS.get(name, len(data)) and len(data) % _BYTES[kind] == 0
