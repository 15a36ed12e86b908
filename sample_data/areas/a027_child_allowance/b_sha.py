"""Area 027 as B社 holds it: the thirteen JT tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from sample_data.areas.a027_child_allowance.b_sha_spell import (
    CODES,
    NOBODY,
    OPEN,
    OPEN_MONTH,
    code,
    commas,
    day,
    hyphened,
    key,
    letter,
    month,
    tail,
    western,
)
from sample_data.areas.a027_child_allowance.b_sha_wide import details, incomes
from sample_data.areas.a027_child_allowance.ledger import FACILITIES
from sample_data.areas.codebook import tables as tables_of_codes
from sample_data.b_sha.spell import deleted, narrow, number10, record, slashes, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    on,
    own,
    own_flag,
    parts,
    placed,
    postal,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

SIBLING = "2"
"""児童区分 of those who only count."""


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    ledger = placed(truth["受給者情報"])
    yield _file("JTDAI", "ALL", deleted(record("JTDAI", ledger, _ledger()), "RIREKI", 523).pipe(_not_newest))
    mailed = ledger.filter(pl.col("送付先区分") == "1")
    yield _file("JTSOFU", "ALL", record("JTSOFU", mailed, _mail()))
    yield _file("JTSISE", "ALL", _facilities(world))
    children = truth["支給対象児童情報"]
    sibling = pl.col("児童区分") == SIBLING
    yield _file("JTJIDO", "ALL", record("JTJIDO", placed(children.filter(~sibling)), _child()), ("TEATE",))
    yield _file("JTKEIS", "ALL", record("JTKEIS", placed(children.filter(sibling)), _sibling()))
    money = ("JIDO_GAKU", "TOKU_GAKU", "SO_GAKU", "CHO_GAKU", "KIFU_GAKU", "SASI_GAKU")
    plain: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("JTGAKU", "支給額情報", _amount, ("TEATE",)),
        ("JTSIHA", "支払情報", _payment, money),
        ("JTGENK", "現況届情報", _report, ()),
        ("JTKOZA", "口座情報", _account, ()),
        ("JTSASI", "差止情報", _suspension, ()),
        ("JTHENK", "返還金情報", _debt, ()),
    )
    for name, group, fields, sums in plain:
        for label, frame in parts(truth, group):
            yield _file(name, label, record(name, placed(frame), fields()), sums)
    for label, frame in parts(truth, "支払明細情報"):
        yield _file("JTMEIS", label, details(frame))
    for label, frame in parts(truth, "所得情報"):
        yield _file("JTSYOT", label, incomes(frame))


def _file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    """One file; the label of a year becomes R05 or H30."""
    if label.isdigit():
        year = int(label)
        label = f"R{year - 2018:02d}" if year >= 2019 else f"H{year - 1988:02d}"
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def _not_newest(frame: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("SAKUJO_FLG") == "1"
    return frame.with_columns(pl.when(gone).then(pl.lit("0")).otherwise("NEW_KBN").alias("NEW_KBN"))


def _numbered() -> Fields:
    return {**key(), "RIREKI": zeros("履歴番号", 3), "NEW_KBN": code("SAISIN", "最新フラグ")}


def _ledger() -> Fields:
    state = code("JOTAI", "受給状態")
    names = list(FACILITIES)
    return {
        **_numbered(),
        "SAKUJO_FLG": None,
        "JUKYU_KBN": code("JUKYU", "受給者区分"),
        "JOTAI": state.str.slice(0, 1),
        "TEISI_FLG": state.str.slice(1),
        "SISE_CD": pl.col("施設等_名称")
        .replace_strict(names, [facility_code(k) for k in range(len(names))], return_dtype=pl.String)
        .fill_null(""),
        "SEIKYU_YMD": day("請求年月日"),
        "NIN_JIYU": code("NINJIY", "認定事由"),
        "HASSEI_YMD": day("支給事由発生年月日"),
        "TOKUREI": code("TOKREI", "支給開始特例区分"),
        "NINTEI_YMD": day("認定年月日"),
        "SIKYU_ST": month("支給開始年月"),
        "SIKYU_ED": month("支給終了年月", OPEN_MONTH),
        "SYOMETU_YMD": day("受給事由消滅年月日", OPEN),
        "SYOMETU_JIYU": code("SYOMET", "消滅事由", "00"),
        "KYAKKA_YMD": day("却下年月日"),
        "KYAKKA_RIYU": code("KYAKKA", "却下理由"),
        "NENKIN": code("NENKIN", "加入年金区分"),
        "HIYOSYA": code("HIYOSY", "被用者区分"),
        "HAI_UMU": "配偶者有無フラグ",
        "HAI_ATENA": number10("配偶者_宛名番号", NOBODY),
        "RIKON_FLG": on("離婚協議中フラグ"),
        "SIEN_FLG": on("支援措置対象フラグ"),
        "MAE_CITY": text("転入前_市区町村コード"),
        "TEN_YMD": day("転出予定年月日"),
        "TEN_CITY": text("転出先_市区町村コード"),
        "SOFU_UMU": code("SOFU", "送付先区分"),
        "TEL_NO": text("連絡先電話番号"),
        "BIKO": text("備考"),
        "KYU_NINTEI": own(1, 9_000_000, 8),
        "TIKU_CD": own(2, 60, 4),
        "SYOTAI_KBN": own(3, 4, 1),
        "RENKEI_FLG": own_flag(4, 3),
        **tail(),
    }


def facility_code(place: int) -> str:
    return f"{place * 11 + 101:04d}"


def _mail() -> Fields:
    return {
        **key(),
        "RIREKI": zeros("履歴番号", 3),
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": "送付先_住所",
        "SOFU_MEI": "送付先_氏名",
        "SOFU_KIGEN": pl.lit(OPEN),
    }


def _facilities(world: World) -> pl.DataFrame:
    rows = pl.DataFrame({"code": [facility_code(k) for k in range(len(FACILITIES))], "name": FACILITIES})
    fields: Fields = {
        "DANTAI_CD": pl.lit(world.code),
        "SISE_CD": "code",
        "SISE_MEI": "name",
        "SISE_SYU": own(5, 3, 1, 1),
    }
    return record("JTSISE", placed(rows), fields)


def _common() -> Fields:
    """What the two tables of children spell alike."""
    return {
        "NEW_KBN": code("SAISIN", "最新フラグ"),
        "ZOKU": code("ZOKU", "続柄"),
        "BEKKYO": code("BEKKYO", "同居別居区分"),
        "BEK_RIYU": code("BEKRIY", "別居理由"),
        "BEK_CITY": text("別居_市区町村コード"),
        "JUNI_KBN": code("JUNI", "算定順位区分"),
        "RYUGAKU": on("海外留学フラグ"),
        "MUKOSEKI": on("無戸籍フラグ"),
    }


def _child() -> Fields:
    return {
        **key(),
        **_common(),
        "JIDO_ATENA": number10("児童_宛名番号"),
        "RIREKI": zeros("履歴番号", 3),
        "JIDO_KBN": code("JIDO", "児童区分"),
        "UMARE_YMD": day("児童_生年月日"),
        "KANGO": code("KANGO", "監護生計区分"),
        "JUNI": zeros("算定順位", 2),
        "SIKYU_ST": month("支給開始年月"),
        "SIKYU_ED": month("支給終了年月", OPEN_MONTH),
        "ZO_JIYU": code("ZOGAKU", "増額事由"),
        "GEN_JIYU": code("GENGAK", "減額事由"),
        "JIYU_YMD": day("事由発生年月日"),
        "KIGEN_YM": month("支給期限年月"),
        "TEATE": yen("手当月額"),
        "GAKKO_KBN": own(6, 4, 1),
        "HOKEN_KBN": own(7, 5, 1, 1),
        "JIDO_KIGO": own(8, 90_000, 5, 1, "J"),
        **tail(),
    }


def _sibling() -> Fields:
    return {
        **_common(),
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": bare("宛名番号"),
        "NINTEI_NO": "認定番号",
        "KEI_ATENA": bare("児童_宛名番号"),
        "RIREKI": yen("履歴番号"),
        "UMARE": letter("児童_生年月日"),
        "JUNI": yen("算定順位"),
        "SAN_ST": western("算定開始年月"),
        "SAN_ED": western("算定終了年月"),
        "GAKUSEI": code("GAKUSE", "学生区分"),
        "KAKU_YMD": letter("監護相当確認書提出年月日"),
        "JIYU_YMD": letter("事由発生年月日"),
        "KINMU_MEMO": own(9, 40, 2, 1, "MEMO"),
        **tail(western("操作年月日")),
    }


def _amount() -> Fields:
    counts = [
        f"{band}_{side}"
        for band in ("3歳未満", "3歳以上小学校修了前", "中学生", "高校生年代")
        for side in ("第1子第2子人数", "第3子以降人数")
    ]
    return {
        **_numbered(),
        "SEIDO": code("SEIDO", "制度区分"),
        "KYUFU": code("KYUFU", "給付区分"),
        "KAITEI": code("KAITEI", "改定区分"),
        "KAI_JIYU": _cause(),
        "TEKI_ST": month("適用開始年月"),
        "TEKI_ED": month("適用終了年月", OPEN_MONTH),
        "KETTEI_YMD": day("決定年月日"),
        "SIKYU_SU": zeros("支給対象児童数", 2),
        "SANTEI_SU": zeros("算定対象児童数", 2),
        "NINSU": pl.concat_str([zeros(name, 2) for name in counts]),
        "TEATE": yen("手当月額"),
        "TUTI_NO": own(10, 90_000_000, 8),
        "KESSAI_KBN": own(11, 3, 1, 1),
        **tail(),
    }


def _cause() -> pl.Expr:
    """改定事由: the codes of a rise and of a fall; 99 is that of a rise."""
    known = tables_of_codes(CODES)
    both = {**known["GENGAK"], **known["ZOGAKU"]}
    return pl.col("改定事由").replace_strict(list(both), list(both.values()), return_dtype=pl.String).fill_null("")


def _payment() -> Fields:
    number = pl.col("支払期年月").str.slice(5).cast(pl.Int64)
    return {
        **key(),
        "SIHA_NO": "支払管理番号",
        "KI_YM": western("支払期年月"),
        "SIHA_KBN": code("SIHARA", "支払区分"),
        "HOHO": code("HOHO", "支払方法"),
        "TAI_ST": western("支払対象開始年月"),
        "TAI_ED": western("支払対象終了年月"),
        "TUKISU": zeros("支払対象月数", 2),
        "JIDO_GAKU": yen("児童手当額"),
        "TOKU_GAKU": yen("特例給付額"),
        "SO_GAKU": yen("支給総額"),
        "UCHI_GAKU": yen_signed("内払調整額"),
        "CHO_GAKU": yen("徴収額"),
        "KIFU_GAKU": yen("寄附額"),
        "SASI_GAKU": yen("差引支払額"),
        "SIHA_YMD": western("支払年月日"),
        "KEKKA": code("KEKKA", "支払結果"),
        "FUNO": code("FUNO", "振込不能理由"),
        "GINKO": text("金融機関コード"),
        "SITEN": text("支店コード"),
        "YOKIN": code("YOKIN", "口座種別"),
        "KOZA_NO": pl.col("口座番号").str.strip_chars_start("0").fill_null(""),
        "MI_ATENA": number10("未支払請求者_宛名番号", NOBODY),
        "KI_NO": ((number + 8) % 12 // 2 + 1).cast(pl.String).str.zfill(2),
        "FURI_NO": own(12, 90_000_000, 8),
        "YOSAN_CD": own(13, 90, 6, 310_100),
        "TUTI_FLG": own_flag(14, 2),
        **tail(western("操作年月日")),
    }


def _report() -> Fields:
    return {
        **key(),
        "NENDO": year3("年度"),
        "YOHI": code("YOHI", "提出要否区分"),
        "HASSO": wareki_dots("発送年月日"),
        "TEISYUTU": wareki_dots("提出年月日"),
        "UKE_HOHO": code("UKEHO", "受付方法"),
        "SINSA": code("SINSA", "審査結果"),
        "SINSA_YMD": wareki_dots("審査年月日"),
        "TOKUSOKU": wareki_dots("督促年月日"),
        "BARCODE": own(21, 900_000_000, 10),
        "HENREI_SU": own(22, 3, 2),
        **tail(),
    }


def _account() -> Fields:
    return {
        **_numbered(),
        "KOZA_KBN": code("KOZA", "口座区分"),
        "GINKO": "金融機関コード",
        "SITEN": "支店コード",
        "YOKIN": code("YOKIN", "口座種別"),
        "KOZA_NO": pl.col("口座番号").str.strip_chars_start("0"),
        "YU_KIGO": text("ゆうちょ記号"),
        "YU_BANGO": text("ゆうちょ番号"),
        "MEIGI_KANA": narrow("口座名義人_カナ"),
        "TEKI_ST": day("適用開始年月日"),
        "TEKI_ED": day("適用終了年月日", OPEN),
        "TEISYUTU_KBN": own(23, 3, 1),
        "KAKUNIN_YMD": own(24, 28, 2, 1, "50610"),
        **tail(),
    }


def _sheet() -> Fields:
    """What the two lists that are kept as spreadsheets have in common."""
    return {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": number10("宛名番号"),
        "NINTEI_NO": hyphened("認定番号"),
        "TANTO": own(25, 60, 4),
        "UPD_USER": "操作者ID",
        "UPD_YMD": slashes("操作年月日"),
        "UPD_TIME": "操作時刻",
    }


def _suspension() -> Fields:
    return {
        **_sheet(),
        "SASI_NO": yen("差止番号"),
        "SASI_KBN": code("SASIKB", "差止区分"),
        "RIYU": code("SASIRI", "差止理由"),
        "KETTEI": slashes("差止決定年月日"),
        "KAISI": month("差止開始年月"),
        "SYURYO": month("差止終了年月", OPEN_MONTH),
        "KAIJO": slashes("解除年月日"),
        "JOTAI": code("SASIJO", "差止状態"),
        "GAKU": commas("差止額"),
        "JIKO": slashes("時効完成予定年月日"),
        "RENRAKU_SU": own(26, 9, 2),
    }


def _debt() -> Fields:
    return {
        **_sheet(),
        "HENKAN_NO": "返還金番号",
        "JIYU": code("KABARA", "発生事由"),
        "HASSEI": slashes("発生年月日"),
        "TAI_ST": month("対象開始年月"),
        "TAI_ED": month("対象終了年月"),
        "KABARAI": commas("過払額"),
        "UCHIBARAI": commas("内払調整済額"),
        "HENKAN": commas("返還済額"),
        "KESSON": commas("不納欠損額"),
        "ZANDAKA": commas("未返還額"),
        "NOKIGEN": slashes("納期限"),
        "JOTAI": code("HENKAN", "返還状態"),
        "KANNO": slashes("完納年月日"),
        "KOFU_NO": own(27, 90_000_000, 8),
        "BUNKATU": own(28, 12, 2, 1),
    }
