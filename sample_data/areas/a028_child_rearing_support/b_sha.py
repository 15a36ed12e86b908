"""Area 028 as B社 holds it: the eleven KS tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.a028_child_rearing_support.b_sha_wide import bills, fees, guardians
from sample_data.areas.a028_child_rearing_support.certificates import EMPLOYERS
from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, hms, month5, narrow, number10, pad, record, w7
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    on,
    own,
    own_flag,
    parts,
    placed,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
WISHES = 5
NO_PLACE = "0000"
SEATS = ("利用定員_1号", "利用定員_2号", "利用定員_3号0歳", "利用定員_3号1・2歳")


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    facilities = placed(truth["施設・事業所情報"]).with_columns(pad("KSSISE", "MEISYO", "施設名称").alias("施設名称"))
    yield _file("KSSISE", "ALL", record("KSSISE", facilities, _facility()))
    yield _file("KSNINT", "K", _certificates(truth["教育・保育給付認定情報"], "K"))
    yield _file("KSNINT", "S", _certificates(truth["施設等利用給付認定情報"], "S"))
    yield _file("KSHOGO", "ALL", guardians(truth["保護者状況情報"], employer_codes()))
    yield _file("KSKINM", "ALL", _employers(world))
    yield _file("KSMOSI", "ALL", _applications(truth))
    plain: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("KSCHOS", "利用調整情報", _selection, ()),
        ("KSKEIY", "利用契約情報", _contract, ()),
        ("KSKAZE", "世帯課税情報", _tax, ("SYOTOKU", "SANTEI_GAKU")),
        ("KSRIYO", "施設等利用費支払情報", _benefit, ("RYOKIN", "SIKYU_GAKU")),
    )
    for name, group, fields, sums in plain:
        for label, frame in parts(truth, group):
            yield _file(name, label, record(name, placed(frame), fields()), sums)
    for label, frame in parts(truth, "利用者負担額情報"):
        yield _file("KSFUTN", label, fees(frame))
    for label, frame in parts(truth, "利用者負担調定収納情報"):
        yield _file("KSCHOT", label, bills(frame), ("NENGAKU", "SYUNO_KEI"))


def _file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    """One file; the label of a year becomes R05 or H30."""
    if label.isdigit():
        year = int(label)
        label = f"R{year - 2018:02d}" if year >= 2019 else f"H{year - 1988:02d}"
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def day(item: str, empty: str = "0") -> pl.Expr:
    return w7(item, empty)


def western(item: str, empty: str = "") -> pl.Expr:
    return pl.col(item).str.replace_all("-", "", literal=True).fill_null(empty)


def month(item: str, empty: str = "0") -> pl.Expr:
    """YYYY-MM as era digit, year, month."""
    return pl.when(pl.col(item).is_not_null()).then(month5(item)).otherwise(pl.lit(empty))


def place4(item: str, empty: str = NO_PLACE) -> pl.Expr:
    """施設番号 as the vendor's four digits."""
    return pl.col(item).str.slice(6).fill_null(empty)


def clock4(item: str) -> pl.Expr:
    return hms(item).str.slice(0, 4)


def _tail(when: pl.Expr | None = None) -> Fields:
    return {
        "UPD_USER": "操作者ID",
        "UPD_YMD": day("操作年月日") if when is None else when,
        "UPD_TIME": hms("操作時刻"),
    }


def _key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": number10("宛名番号")}


def _newest() -> Fields:
    return {"RIREKI": zeros("履歴番号", 3), "NEW_KBN": code("SAISIN", "最新フラグ")}


def _facility() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SISE_NO": place4("施設番号"),
        **_newest(),
        "KUNI_NO": text("施設事業所番号"),
        "SYUBETU": code("SISETU", "施設種別"),
        "KOSI": code("KOSI", "公私区分"),
        "MEISYO": "施設名称",
        "KANA": narrow("施設名称_フリガナ"),
        "CITY_CD": "所在_市区町村コード",
        "JUSYO": "所在_住所",
        "NAIGAI": code("NAIGAI", "管内外区分"),
        "KAKUNIN": day("確認年月日"),
        "KAISI": day("事業開始年月日"),
        "HAISI": day("事業終了年月日", "9999999"),
        "JOTAI": code("SISJOT", "施設状態"),
        "TEIIN": pl.concat_str([pl.col(name).cast(pl.String).str.zfill(4) for name in SEATS]).fill_null(""),
        "KAI_TIME": clock4("開所時刻"),
        "HEI_TIME": clock4("閉所時刻"),
        "CHOSYU": code("CHOSYU", "利用者負担徴収区分"),
        "FUKU_GAKU": yen("副食費月額"),
        "KUBUN_OLD": own(1, 60, 2),
        "TEL_NO": own(2, 9_000, 4, 1_000, "0834-31-"),
        "TANTO_CD": own(3, 60, 4),
        **_tail(),
    }


def _certificates(frame: pl.DataFrame, which: str) -> pl.DataFrame:
    """The certificates of one of the two kinds; what only the other kind has is empty."""
    kept = which == "K"
    rows = placed(frame)
    nothing = pl.lit("")

    def only(value: pl.Expr | str, holds: bool) -> pl.Expr | str:
        return value if holds else nothing

    kind = (
        (code("NINKBN", "認定区分") + code("HITUYO", "保育必要量区分", "0")).fill_null("")
        if kept
        else code("SINKBN", "施設等利用認定区分")
    )
    held = pl.col("認定区分").is_not_null() if kept else pl.lit(True)
    fields: Fields = {
        **_key(),
        "NINTEI_NO": "認定番号" if kept else "施設等利用認定番号",
        **_newest(),
        "KYUFU": pl.lit(which),
        "SAKUJO_FLG": None,
        "HOGO_ATENA": number10("保護者_宛名番号"),
        "UMARE_YMD": day("児童_生年月日"),
        "SIN_KBN": code("SINSEI", "申請区分") if kept else nothing,
        "SIN_YMD": day("申請年月日"),
        "JOTAI": code("NINJOT", "認定状態"),
        "KUBUN": pl.when(held).then(kind).otherwise(nothing),
        "NIN_YMD": day("認定年月日") if kept else pl.lit("0"),
        "YUKO_ST": day("認定有効期間_開始年月日"),
        "YUKO_ED": day("認定有効期間_終了年月日"),
        "JIYU": code("HOJIYU", "保育必要性事由"),
        "YUSEN": code("YUSEN", "優先利用事由") if kept else nothing,
        "KYAKKA_YMD": day("却下年月日") if kept else pl.lit("0"),
        "KYAKKA_RIYU": code("KYARIY", "却下理由") if kept else nothing,
        "TORI_YMD": day("取消年月日"),
        "TORI_JIYU": code("TORIKE", "取消事由") if kept else nothing,
        "SEIHO_FLG": only("生活保護世帯フラグ", kept),
        "HITORI_FLG": only("ひとり親世帯フラグ", kept),
        "ZAITAKU_FLG": only("在宅障害児者世帯フラグ", kept),
        "SYOGAI_FLG": only("障害児フラグ", kept),
        "HIKAZEI_FLG": only("非課税世帯フラグ", not kept),
        "KYU_DAICHO": own(4, 90_000_000, 8),
        "TUTI_YMD": own(5, 28, 2, 1, "50603"),
        "KOFU_KBN": own(6, 3, 1, 1),
        **_tail(),
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("KSNINT", rows, fields), "RIREKI", 397).with_columns(
        pl.when(gone).then(pl.lit("0")).otherwise("NEW_KBN").alias("NEW_KBN")
    )


def employer_codes() -> dict[str, str]:
    """勤務先名称 -> code of KSKINM."""
    return {name: f"{place * 37 + 10_001:05d}" for place, name in enumerate(EMPLOYERS)}


def _employers(world: World) -> pl.DataFrame:
    known = employer_codes()
    rows = pl.DataFrame({"code": list(known.values()), "name": list(known)})
    fields: Fields = {
        "DANTAI_CD": pl.lit(world.code),
        "KINMU_CD": "code",
        "KINMU_MEI": "name",
        "GYOSYU": own(7, 20, 2, 1),
    }
    return record("KSKINM", placed(rows), fields)


def _applications(truth: Truth) -> pl.DataFrame:
    """Applications with the facilities wished for side by side."""
    key = ["宛名番号", "申込番号"]
    rows = truth["利用申込情報"]
    for n in range(1, WISHES + 1):
        one = truth["希望施設情報"].filter(pl.col("希望順位") == n)
        wish = one.select(*key, pl.col("施設番号").alias(f"w{n}"), pl.col("きょうだい在園フラグ").alias(f"z{n}"))
        rows = rows.join(wish, on=key, how="left", maintain_order="left")
    fields: dict[str, pl.Expr | str | None] = {
        **_key(),
        "MOSI_NO": "申込番号",
        "NINTEI_NO": text("認定番号"),
        "MOSI_NEN": year3("申込年度"),
        "MOSI_KBN": code("MOSIKB", "申込区分"),
        "MOSI_YMD": day("申込年月日"),
        "KIBO_YMD": day("利用希望開始年月日"),
        "CLASS": yen("クラス年齢"),
        "JOTAI": code("MOSJOT", "申込状態"),
        "KYODAI": code("KYODAI", "きょうだい申込区分"),
        "TENEN": place4("転園元_施設番号"),
        "KOIKI": code("KOIKI", "広域利用区分"),
        "HAIRYO": code("HAIRYO", "配慮事項区分"),
        "TAIKI": code("TAIKI", "待機区分"),
        "UKE_KBN": own(8, 12, 2, 1),
        "MENSETU": own(9, 28, 2, 1, "50611"),
        "JIDO_MEMO": own(10, 9, 1, 1, "メモ").str.replace_many(
            [str(d) for d in range(10)], [chr(0xFF10 + d) for d in range(10)]
        ),
        "TENSU": own(11, 9, 2, 1),
        **_tail(),
    }
    for n in range(1, WISHES + 1):
        fields |= {f"KIBO{n}": place4(f"w{n}"), f"KIBO{n}_ZAI": text(f"z{n}")}
    return record("KSMOSI", placed(rows), fields)


def _selection() -> Fields:
    return {
        **_key(),
        "MOSI_NO": "申込番号",
        "CHO_YM": month("利用調整年月"),
        "KAI": yen("利用調整回"),
        "SISU1": yen_signed("基準指数_保護者1"),
        "SISU2": yen_signed("基準指数_保護者2"),
        "SISU_CHO": yen_signed("調整指数"),
        "SISU_KEI": yen_signed("合計指数"),
        "KEKKA": code("CHOKEK", "調整結果"),
        "NAITEI": place4("内定_施設番号"),
        "NAI_JUNI": yen("内定希望順位"),
        "KETTEI": day("決定年月日"),
        "HORYU": code("HORYU", "保留理由"),
        "JUNI_NO": own(12, 900, 4, 1),
        "BUNPU": own(13, 90, 3, 1),
        **_tail(),
    }


def _contract() -> Fields:
    return {
        **_key(),
        "KEIYAKU_NO": "契約番号",
        **_newest(),
        "NINTEI_NO": "認定番号",
        "SISE_NO": place4("施設番号"),
        "NINKBN": code("NINKBN", "利用認定区分"),
        "HITUYO": code("HITUYO", "保育必要量区分"),
        "TOKUREI": code("TOKURI", "特例利用区分"),
        "KOIKI": code("KOIKI", "広域利用区分"),
        "AITE_CD": text("相手_市区町村コード"),
        "KAISI": western("利用開始年月日"),
        "YOTEI": western("利用終了予定年月日"),
        "SYURYO": western("利用終了年月日", "99999999"),
        "TAISYO": code("TAISYO", "退所事由", "00"),
        "JOTAI": code("RIYJOT", "利用状態"),
        "CLASS": yen("クラス年齢"),
        "ENCHO": code("ENCHO", "延長保育利用区分"),
        "ENCHO_TIME": clock4("延長保育_終了時刻"),
        "KUMI_MEI": pl.col("クラス年齢").replace_strict(
            list(range(6)), ["ひよこ", "りす", "うさぎ", "きりん", "ぞう", "らいおん"], return_dtype=pl.String
        ),
        "SOGEI": own(14, 4, 1),
        **_tail(western("操作年月日")),
    }


def _tax() -> Fields:
    return {
        **_key(),
        "KAZEI_NEN": year3("課税年度"),
        "INN_ATENA": number10("世帯員_宛名番号"),
        **_newest(),
        "ZOKU": code("ZOKUG", "続柄"),
        "SANTEI": on("算定対象フラグ"),
        "JOKYO": code("KAZEI", "課税状況区分"),
        "KINTO": yen("市町村民税均等割額"),
        "SYOTOKU": yen("市町村民税所得割額"),
        "JUTAKU": yen("住宅借入金等特別税額控除額"),
        "KIFU": yen("寄附金税額控除額"),
        "SONOTA": yen("その他戻入控除額"),
        "SITEI": on("指定都市補正フラグ"),
        "SANTEI_GAKU": yen("算定用所得割額"),
        "KYU_SYOTOKU": own(15, 90_000, 1),
        "SYOKAI_KBN": own(16, 4, 1),
        **_tail(),
    }


def _benefit() -> Fields:
    return {
        **_key(),
        "SEIKYU_NO": "請求番号",
        "RIYO_YM": month("対象年月"),
        "SISE_NO": place4("施設番号"),
        "NINTEI_NO": "施設等利用認定番号",
        "RIYO_SYU": code("RIYSYU", "利用種別"),
        "SIKYU_HO": code("SIKYHO", "支給方法"),
        "SEIKYU_YMD": western("請求年月日"),
        "NISSU": yen("利用日数"),
        "RYOKIN": yen("支払利用料"),
        "JOGEN": yen("支給上限額"),
        "SIKYU_GAKU": yen("支給額"),
        "SIHA_YMD": western("支払年月日"),
        "JOTAI": code("SIHJOT", "支払状態"),
        "FURI_NO": own(17, 90_000_000, 8),
        "RYOSYU_KBN": own_flag(18, 2),
        **_tail(western("操作年月日")),
    }
