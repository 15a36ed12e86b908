"""The charsets by name: which tables, which shift codes, which user-defined areas. Loads nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class Shifts(NamedTuple):
    """How a text changes between single and double bytes: the codes to double bytes (the first one is written), and
    back."""

    to_double: tuple[bytes, ...]
    to_single: bytes


class UserArea(NamedTuple):
    """User-defined codes, row by row of 94 cells or as many as the trail bytes allow: leads and trails inclusive."""

    leads: tuple[int, int]
    trails: tuple[int, int]
    first: int

    @property
    def size(self) -> int:
        return (self.leads[1] - self.leads[0] + 1) * (self.trails[1] - self.trails[0] + 1)


@dataclass(frozen=True)
class Charset:
    """One charset. ``single`` and ``double`` name code tables; a charset without shifts consists of ``double`` alone,
    and one whose ``stateless`` is set is a table of :mod:`mappings.charsets.tables`."""

    name: str
    title_ja: str
    title_en: str
    single: str = ""
    double: str = ""
    shifts: Shifts | None = None
    areas: tuple[UserArea, ...] = ()
    permuted: bool = False
    """JIPS(E): codes of the double-byte table pass byte by byte through JIS8 -> EBCDIK."""
    ivs: str = ""
    """Which selectors decoding writes: none, ``hanyo-denshi`` or ``adobe-japan1``. Encoding reads both."""
    stateless: str = ""
    aliases: tuple[str, ...] = ()


_JEF = Shifts((b"\x28", b"\x38", b"\x30\xe2"), b"\x29")
_KEIS = Shifts((b"\x0a\x42",), b"\x0a\x41")
_JIPS_J = Shifts((b"\x1a\x70",), b"\x1a\x71")
_JIPS_E = Shifts((b"\x3f\x75",), b"\x3f\x76")
_IBM = Shifts((b"\x0e",), b"\x0f")

_JEF_AREA = (UserArea((0x80, 0xA0), (0xA1, 0xFE), 0xE000),)
_KEIS_AREA = (UserArea((0x81, 0xA0), (0xA1, 0xFE), 0xE000),)
_JIPS_AREAS = (UserArea((0x74, 0x7E), (0x21, 0x7E), 0xE000), UserArea((0xE0, 0xFE), (0xA1, 0xFE), 0xE40A))


def _vendors() -> list[Charset]:
    made = [
        Charset(f"jef_{half}", f"富士通 JEF + {half.upper()}", f"Fujitsu JEF + {half.upper()}",
                f"fujitsu_{half}", "jef", _JEF, _JEF_AREA)
        for half in ("ebcdic", "ebcdik", "ascii")
    ]  # fmt: skip
    made.append(
        Charset("jef", "富士通 JEF（2バイトのみ）", "Fujitsu JEF, double-byte only", "", "jef", None, _JEF_AREA)
    )  # fmt: skip
    for year in ("78", "83"):
        for half in ("ebcdic", "ebcdik"):
            made.append(
                Charset(f"keis{year}_{half}", f"日立 KEIS{year} + {half.upper()}",
                        f"Hitachi KEIS{year} + {half.upper()}", f"hitachi_{half}", f"keis{year}", _KEIS, _KEIS_AREA)
            )  # fmt: skip
        made.append(
            Charset(f"keis{year}", f"日立 KEIS{year}（2バイトのみ）", f"Hitachi KEIS{year}, double-byte only",
                    "", f"keis{year}", None, _KEIS_AREA)
        )  # fmt: skip
    made += [
        Charset("jips_j", "NEC JIPS(J) + JIS8", "NEC JIPS(J) + JIS8", "nec_jis8", "jips", _JIPS_J, _JIPS_AREAS),
        Charset("jips_e", "NEC JIPS(E) + EBCDIK", "NEC JIPS(E) + EBCDIK", "nec_ebcdik", "jips", _JIPS_E, _JIPS_AREAS,
                permuted=True),
        Charset("jips", "NEC JIPS(J)（2バイトのみ）", "NEC JIPS(J), double-byte only", "", "jips", None, _JIPS_AREAS),
        Charset("jips_e_wide", "NEC JIPS(E)（2バイトのみ）", "NEC JIPS(E), double-byte only", "", "jips", None,
                _JIPS_AREAS, permuted=True),
    ]  # fmt: skip
    return made


def _ibm() -> list[Charset]:
    halves = {"930": ("ibm290", "ibm300"), "939": ("ibm1027", "ibm300"),
              "1390": ("ibm8482", "ibm16684"), "1399": ("ibm5123", "ibm16684")}  # fmt: skip
    made = [
        Charset(f"ibm{number}", f"IBM {number}", f"IBM {number}", single, double, _IBM, aliases=(f"cp{number}",))
        for number, (single, double) in halves.items()
    ]
    made += [
        Charset(name, f"{title}（2バイトのみ）", f"{title}, double-byte only", "", name)
        for name, title in (("ibm300", "IBM 930/939"), ("ibm16684", "IBM 1390/1399"))
    ]
    return made


def _with_selectors(charsets: list[Charset]) -> list[Charset]:
    made = []
    for charset in charsets:
        if charset.double in ("jef", "jips"):
            for suffix, collection in (("ivs", "hanyo-denshi"), ("aj1", "adobe-japan1")):
                made.append(
                    replace(
                        charset,
                        name=f"{charset.name}_{suffix}",
                        title_ja=f"{charset.title_ja}、異体字セレクタ {collection}",
                        title_en=f"{charset.title_en}, variation selectors {collection}",
                        ivs=collection,
                    )
                )
    return made


def _all() -> dict[str, Charset]:
    vendors = _vendors()
    stateless = [
        Charset("cp932_pua", "CP932（外字領域を含む）", "CP932 with its user-defined area", stateless="cp932"),
        Charset("eucjp_ms", "eucJP-ms（外字領域を含む）", "eucJP-ms with its user-defined areas", stateless="eucjp-ms"),
    ]  # fmt: skip
    return {c.name: c for c in [*vendors, *_with_selectors(vendors), *_ibm(), *stateless]}


CHARSETS = _all()
"""Every charset by its name; the order is that of ``tsugite charset list``."""

_NAMES = {alias: name for name, charset in CHARSETS.items() for alias in (name, *charset.aliases)}


def charset(name: str) -> Charset:
    """The charset of a name or alias; case, hyphens and spaces do not matter.

    Raises ``LookupError`` naming what there is.
    """
    key = name.lower().replace("-", "_").replace(" ", "_")
    found = _NAMES.get(key) or _NAMES.get(key.replace("_", ""))
    if found is None:
        raise LookupError(f"unknown charset {name!r}: there are {', '.join(CHARSETS)}")
    return CHARSETS[found]
