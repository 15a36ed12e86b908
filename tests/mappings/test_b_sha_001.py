"""B社's mapping of 001 and of its dog registration: against the vendor's own material and in its bytes."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from layouts import load_area
from layouts.delivery.run import RunContext
from mappings.mapping import Mapping, load_mapping
from mappings.stage import conserve_area, map_area, read_area
from mappings.yaml_lines import load_yaml

ROOT = Path(__file__).parents[2]
VENDOR_DIR = ROOT / "mappings" / "vendors" / "b_sha"
MATERIAL = ROOT / "sample_data" / "b_sha"
DOGS = "x_dog_registration"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    return load_mapping(VENDOR_DIR, "001")


def test_every_group_of_001_has_a_source(mapping: Mapping) -> None:
    assert list(mapping.file.blocks) == [group.name for group in load_area("001").groups]


def test_what_is_not_provided_is_what_the_vendor_says_it_does_not_hold(mapping: Mapping) -> None:
    held = {(row["group"], row["item"]) for row in rows(MATERIAL / "not_held.csv") if row["area"] == "001"}
    told = {(group, item) for group, items in mapping.file.not_provided.items() for item in items}
    assert told == held


def test_every_item_is_mapped_or_not_provided(mapping: Mapping) -> None:
    for group in load_area("001").groups:
        mapped = {item for block in mapping.file.blocks[group.name] for item in block.items}
        assert mapped | set(mapping.file.not_provided.get(group.name, {})) == {item.name for item in group.items}


def test_no_required_item_goes_without_a_source(mapping: Mapping) -> None:
    for group in load_area("001").groups:
        mapped = {item for block in mapping.file.blocks[group.name] for item in block.items}
        assert {item.name for item in group.items if item.required} <= mapped


@pytest.mark.parametrize("area", ["001", DOGS])
def test_record_layouts_are_the_vendors(area: str) -> None:
    for export in load_mapping(VENDOR_DIR, area).exports.values():
        name = export.definition.record
        assert (VENDOR_DIR / "records" / name).read_bytes() == (MATERIAL / "record_layout" / name).read_bytes()


def test_fields_that_the_vendor_says_are_outside_the_standard_are_handed_over_apart(mapping: Mapping) -> None:
    for name, fates in mapping.fates.of.items():
        for row in rows(MATERIAL / "record_layout" / f"{name.upper()}.csv"):
            if "標準に無い" in row["description"]:
                assert fates[row["field"]] in ("overflow", "lookup"), f"{name}.{row['field']}"


def test_fillers_are_padding_of_their_declared_width(mapping: Mapping) -> None:
    assert mapping.file.padding == {
        "juki_rireki": {"FILLER1": " " * 10},
        "juki_jusho": {"FILLER1": " " * 4},
        "myno": {"REC_KBN": "D", "FILLER": " " * 20},
    }


def test_most_fields_are_carried_by_items(mapping: Mapping) -> None:
    fates = [fate for name, of in mapping.fates.of.items() for fate in of.values() if fate != "lookup"]
    assert (fates.count("items"), fates.count("key"), fates.count("overflow"), fates.count("padding")) == (
        551,
        10,
        74,
        4,
    )


def test_code_maps_are_the_code_books(mapping: Mapping) -> None:
    book: dict[str, dict[str, str]] = {}
    for row in rows(MATERIAL / "code_book.csv"):
        if found := re.match(r"標準(?:の住民状態)?(\d+)", row["note"]):
            book.setdefault(row["code_group"].lower(), {})[row["value"]] = found.group(1)
    own = {name: table for name, table in mapping.file.codes.items() if name != "sex_label"}
    assert own == {name: book[name] for name in own}


def test_code_maps_lead_to_codes_of_the_layout(mapping: Mapping) -> None:
    area = load_area("001")
    known: dict[str, set[str]] = {}
    for name, blocks in mapping.file.blocks.items():
        for block in blocks:
            for item, rule in block.items.items():
                if isinstance(rule.codes, str) and (lists := area.group(name).item(item).code):
                    entries = [entry for code in lists.split("/") for entry in area.code_list(code).entries]
                    known.setdefault(rule.codes, set()).update(entry.value for entry in entries)
    for name, values in known.items():
        assert set(mapping.file.codes[name].values()) <= values, name
    assert len(known) == 13


def test_the_dog_registration_goes_whole_into_overflow() -> None:
    dogs = load_mapping(VENDOR_DIR, DOGS)
    assert dogs.area is None
    assert set(dogs.fates.of["inu_toroku"].values()) == {"whole"}
    assert len(dogs.fates.of["inu_toroku"]) == 14


# Records in the vendor's bytes, through the stages


class Office:
    """A municipality's exports and a mapping cut down to a few groups (a whole area takes long to plan)."""

    def __init__(self, folder: Path, groups: list[str]) -> None:
        self.folder = folder
        (folder / "exports").mkdir(parents=True)
        mapping_dir = folder / "b_sha"
        shutil.copytree(VENDOR_DIR / "records", mapping_dir / "records")
        shutil.copy(VENDOR_DIR / "vendor.yaml", mapping_dir)
        data: dict[str, Any] = load_yaml(VENDOR_DIR / "001.yaml", "001.yaml").data
        data["groups"] = {name: data["groups"][name] for name in groups}
        used = set(re.findall(r"[a-z_]+", yaml.safe_dump(data["groups"])))
        data["exports"] = {name: export for name, export in data["exports"].items() if name in used}
        for key in ("overflow", "padding"):
            data[key] = {name: fields for name, fields in data[key].items() if name in used}
        # What only the groups left out would take is handed over apart, so that every field keeps a fate.
        words = set(re.findall(r"[A-Z0-9_]+", yaml.safe_dump(data["groups"])))
        for name, fields in data["overflow"].items():
            record = rows(VENDOR_DIR / "records" / data["exports"][name]["record"])
            fated = words | set(fields) | set(data["padding"].get(name, ()))
            fields.extend(row["field"] for row in record if row["field"] not in fated)
        # NUSHI is also a field of another export that these groups use.
        data["overflow"]["shinsei"].append("NUSHI")
        others = [group.name for group in load_area("001").groups if group.name not in groups]
        kept = {name: told for name, told in data["not_provided"].items() if name in groups}
        data["not_provided"] = kept | dict.fromkeys(others, "not in this test")
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
        (mapping_dir / "001.yaml").write_text(text, encoding="utf-8")
        self.ctx = RunContext(
            run_dir=folder / "run",
            municipality="355020",
            municipality_name="阿武町",
            rehearsal="r1",
            areas=("001",),
            vendor="b_sha",
            mapping_dir=mapping_dir,
            exports_dir=folder / "exports",
            delivery_date="2026-01-01",
            mask_key=b"k" * 16,
        )

    def table(self, name: str, *records: dict[str, str]) -> None:
        """A delimited export: fields that a record does not name are empty."""
        fields = [row["field"] for row in rows(MATERIAL / "record_layout" / f"{name}.csv")]
        lines = [",".join(fields), *(",".join(record.get(field, "") for field in fields) for record in records)]
        assert all(set(record) <= set(fields) for record in records)
        data = "".join(f"{line}\r\n" for line in lines).encode("cp932")
        (self.folder / "exports" / f"{name}.csv").write_bytes(data)

    def numbers(self, *people: tuple[str, str, str]) -> None:
        """MYNO.dat of (宛名番号, 個人番号, 住民票コード)."""
        lines = [
            f"D355020{kojin}{mynumber}{code}".encode()
            + b"\xca\xd4\xbc          ".ljust(20)
            + "林".encode("cp932").ljust(2)
            + "　".encode("cp932") * 19
            + b"20151005"
            + b" " * 20
            + b"\r\n"
            for kojin, mynumber, code in people
        ]
        assert all(len(line) == 130 for line in lines)
        (self.folder / "exports" / "MYNO.dat").write_bytes(b"".join(lines))

    def run(self) -> None:
        for stage in (read_area, map_area, conserve_area):
            assert stage(self.ctx, "001").failed is None

    def group(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.ctx.mapped("001") / f"{load_area('001').group(name).slug}.parquet")

    def residue(self, export: str) -> list[tuple[Any, ...]]:
        path = self.ctx.residue("001") / f"{export}.parquet"
        return pl.read_parquet(path).rows() if path.exists() else []


OPERATOR = {"SOSA_ID": "SHU2074   ", "SOSA_TS": "20250721132813"}
TARO, HANAKO = "0010000017", "0010000025"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    names = [
        *("統合記載欄C類型管理", "メモ情報", "電子証明情報", "個人番号カード管理", "個人番号カード送付先情報"),
        *("転出証明証等発行情報", "世帯主転出後の続柄情報", "ワンストップ特例転入を利用した転出情報管理"),
    ]
    office = Office(tmp_path_factory.mktemp("office"), names)
    office.numbers((TARO, "617040554464", "07047331323"), (HANAKO, "509976038159", "99767158455"))
    no_certificate = {"DENSHI_ID": " " * 10, "DENSHI_TS": "0" * 14}
    card = {
        "UNYO_JOKYO": "1",
        "YUKO_KIGEN": "20260512",
        "KAISHU_YMD": "00000000",
        "CHUSHUTSU_YMD": "00000000",
        **OPERATOR,
    }
    certificate = {
        "SHOMEI_SN": "100000261",
        "RIYO_SN": "1000002622",
        "DENSHI_ID": "SHU1842   ",
        "DENSHI_TS": "20240721161811",
    }
    office.table(
        "CARD_KANRI", {"KOJIN_NO": TARO, **card, **no_certificate}, {"KOJIN_NO": HANAKO, **card, **certificate}
    )
    office.table(
        "CARD_SOFU",
        {
            "KOJIN_NO": TARO,
            "SHORI_YMD": "20231002",
            "TSUBAN": "1",
            "INSATSU_KBN": "4",
            "SOFU_YUBIN": "759-3622",
            "SOFU_JUSHO": "大字奈古１番地".ljust(50, "　"),
            "SOFU_SHIMEI": "林　湊".ljust(30, "　"),
            "MOTO_BASHO": "0001",
            "KOFU_BASHO": "0011",
            "OKURI_BASHO": "0001",
            "ZAIRYU_MANRYO": "00000000",
            **OPERATOR,
        },
    )
    office.table(
        "BASHO_M",
        {"BASHO_CD": "0001", "BASHO_MEI": "本庁", "BUSHO_MEI": "阿武町市民課", "YUBIN": "7593622"},
        {"BASHO_CD": "0011", "BASHO_MEI": "福賀支所", "BUSHO_MEI": "阿武町福賀支所", "YUBIN": "7595202"},
    )
    office.table(
        "JUKI_BIKO",
        {
            "KOJIN_NO": TARO,
            "BIKO_SHU": "C",
            "RENBAN": "001",
            "SAISHIN_FLG": "1",
            "HONBUN": "記載文",
            "KIGEN_YMD": "00000000",
            **OPERATOR,
        },
        {"KOJIN_NO": TARO, "BIKO_SHU": "M", "RENBAN": "001", "HONBUN": "メモ文", "KIGEN_YMD": "00000000", **OPERATOR},
        {"KOJIN_NO": TARO, "BIKO_SHU": "Z", "RENBAN": "001", "HONBUN": "内部", "KIGEN_YMD": "00000000", **OPERATOR},
        {
            "KOJIN_NO": TARO,
            "BIKO_SHU": "M",
            "RENBAN": "002",
            "HONBUN": "誤り",
            "SAKUJO_FLG": "1",
            "KIGEN_YMD": "00000000",
            **OPERATOR,
        },
    )
    ten = {
        "NUSHI": "原田　進",
        "SHU": "T01",
        "NENKIN_NO": "0",
        "KOKUHO": "0",
        "KOUKI": "0",
        "KAIGO": "0",
        "JITE": "0",
        **OPERATOR,
    }
    office.table(
        "TEN_SHOMEI",
        {"KOJIN_NO": TARO, "HAKKO_YMD": "R 7. 4. 1", **ten},
        {"KOJIN_NO": HANAKO, "HAKKO_YMD": "H30.10.20", **ten},
    )
    zan = {
        "KOJIN_NO": TARO,
        "SETAI_NO": "0002000066",
        "TODOKE_YMD": "5060212",
        "YOTEI_YMD": "5060216",
        "HENKO_YMD": "0000000",
    }
    office.table("ZAN_SETAI", {**zan, "NUSHI": "藤本　幸子", "ZOKU_CD": "2X2000", **OPERATOR})
    office.table(
        "SHINSEI",
        {"UKE_NO": "0001000000000302", "SHU": "1", "TODOKE_YMD": "2024/10/08", "YOTEI_YMD": "2024/10/14", **OPERATOR},
    )
    office.table(
        "SHINSEI_IDOSHA",
        {"UKE_NO": "0001000000000302", "JUN_NO": "01", "SHIMEI": "原田　進", "UMARE": "S51.09.27", "SEX": "M"},
    )
    office.run()
    return office


def test_a_card_without_certificate_gives_no_row_of_certificates(office: Office) -> None:
    assert office.group("個人番号カード管理").height == 2
    found = office.group("電子証明情報")
    assert found.select("宛名番号", "住民票コード", "操作者ID", "操作年月日", "操作時刻").rows() == [
        ("000000010000025", "99767158455", "SHU1842", "2024-07-21", "16:18:11")
    ]
    assert found["カード用利用者証明用電子証明書_シリアル番号桁数"].to_list() == [10]


def test_a_delivery_address_is_put_together_from_its_places_and_numbers(office: Office) -> None:
    found = office.group("個人番号カード送付先情報").select(
        *(
            "送付先_住所_郵便番号",
            "送付先_住所",
            "送付元_市区町村名",
            "交付場所名",
            "送付場所名",
            "個人番号",
            "住民票コード",
        )
    )
    assert found.rows() == [
        ("7593622", "大字奈古１番地", "阿武町市民課", "福賀支所", "本庁", "617040554464", "07047331323")
    ]
    assert office.residue("card_sofu") == []


def test_remarks_go_by_their_kind_and_the_rest_is_excluded_with_its_reason(office: Office) -> None:
    assert office.group("統合記載欄C類型管理").select("履歴番号", "最新フラグ", "統合記載欄C類型").rows() == [
        (1, "1", "記載文")
    ]
    assert office.group("メモ情報").select("履歴番号", "最新フラグ", "メモ", "削除フラグ").rows() == [
        (1, "0", "メモ文", "0")
    ]
    excluded = pl.read_parquet(office.ctx.exclusions("001") / "juki_biko.parquet")
    assert excluded.select("record", "HONBUN", "reason").sort("record").rows() == [
        (3, "内部", "内部連絡（備考種別Z）は標準に無い"),
        (4, "誤り", "論理削除（誤入力などを消した行）"),
    ]


def test_blank_padded_wareki_comes_back_without_residue(office: Office) -> None:
    assert office.group("転出証明証等発行情報")["転出証明書等発行年月日"].to_list() == ["2025-04-01", "2018-10-20"]
    assert office.residue("ten_shomei") == []


def test_packed_relationships_are_taken_apart_and_come_back(office: Office) -> None:
    found = office.group("世帯主転出後の続柄情報").select(
        "残世帯_続柄コード１", "残世帯_続柄コード２", "残世帯_続柄コード３", "世帯番号"
    )
    assert found.rows() == [("2X", "20", None, "000000002000066")]
    assert office.residue("zan_setai") == []


def test_a_movers_sex_is_spelled_out_and_kept_in_overflow(office: Office) -> None:
    found = office.group("ワンストップ特例転入を利用した転出情報管理")
    assert found.select("異動者_氏名", "異動者_生年月日", "異動者_性別").rows() == [("原田　進", "1976-09-27", "男")]
    overflow = pl.read_parquet(office.ctx.overflow("001") / "shinsei_idosha.parquet")
    assert overflow["SEX"].to_list() == ["M"]


def test_numbers_of_fixed_records_start_with_the_first_record(office: Office) -> None:
    overflow = pl.read_parquet(office.ctx.overflow("001") / "myno.parquet")
    assert overflow["KOJIN_NO"].to_list() == [TARO, HANAKO]
    # 花子 has no delivery address, which alone takes her 個人番号 in this cut mapping; padding leaves nothing.
    assert office.residue("myno") == [(2, "MY_NO", "509976038159", "not_carried")]
