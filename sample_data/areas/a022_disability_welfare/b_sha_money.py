"""Area 022 as B社 holds it: the SG tables of aids and allowances."""

from __future__ import annotations

import polars as pl

from sample_data.areas.a022_disability_welfare.b_sha_spell import code, day7, key, latest, month, month6, number0, tail
from sample_data.b_sha.spell import narrow, record, slashes
from sample_data.tax.vendor import (
    Fields,
    bare,
    own,
    own_flag,
    placed,
    side_by_side,
    sign_behind,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)

MONTHS = ("02", "05", "08", "11")


def asked() -> Fields:
    number = pl.col("申請番号")
    return {**key(), "SIN_NO": number.str.slice(0, 4) + pl.lit("-") + number.str.slice(4)}


def device_requests() -> Fields:
    return {
        **asked(),
        "SIN_YMD": slashes("申請年月日"),
        "SYUMOKU": code("HOSOGU", "補装具種目"),
        "KATASIKI": text("名称型式"),
        "SIK_KBN": code("HOSOKB", "支給区分"),
        "HANTEI_KKN": code("HANTEI", "判定機関"),
        "HANTEI_YMD": slashes("判定年月日"),
        "KEKKA": code("KEKKA", "決定結果"),
        "IKEN_KBN": own(23, 3, 1),
        "UKE_BASYO": own(24, 9, 2, 1),
        "TAIYO_NEN": own(25, 6, 2, 1),
        **tail(),
    }


def devices() -> Fields:
    return {
        **asked(),
        "KETTEI_YMD": slashes("決定年月日"),
        "KEN_NO": "支給券番号",
        "JIGYOSYA": text("事業者名"),
        "SYOTOKU": code("SYOTOK", "所得区分"),
        "KIJUN": yen("基準額"),
        "KOHI": yen("公費負担額"),
        "FUTAN": yen("利用者負担額"),
        "SAGAKU": yen("差額自己負担額"),
        "KARI_ST": month6("借受け開始年月"),
        "KARI_ED": month6("借受け終了年月"),
        "SIHA_YMD": slashes("支払年月日"),
        "KAKEI_NO": own(26, 90_000_000, 8),
    }


def tools(frame: pl.DataFrame) -> pl.DataFrame:
    keys = ["宛名番号", "申請番号"]
    columns = [
        "用具種目",
        "品目名",
        "給付対象開始年月",
        "給付対象終了年月",
        "基準額",
        "公費負担額",
        "利用者負担額",
    ]
    rows = placed(side_by_side(frame, keys, pl.col("品目連番"), 3, columns))
    fields: dict[str, pl.Expr | str | None] = {
        **asked(),
        "SIN_YMD": slashes("申請年月日"),
        "KEKKA": code("KEKKA", "決定結果"),
        "KETTEI_YMD": slashes("決定年月日"),
        "SYOTOKU": code("SYOTOK", "所得区分"),
        "KENSA_KBN": own(27, 3, 1),
        **tail(),
    }
    for k in range(1, 4):
        there = pl.col(f"用具種目|{k}").is_not_null()
        fields |= {
            f"H{k}_SYU": code("YOGU", f"用具種目|{k}"),
            f"H{k}_MEI": text(f"品目名|{k}"),
            f"H{k}_ST": month6(f"給付対象開始年月|{k}"),
            f"H{k}_ED": month6(f"給付対象終了年月|{k}"),
            f"H{k}_KIJUN": yen(f"基準額|{k}"),
            f"H{k}_KOHI": yen(f"公費負担額|{k}"),
            f"H{k}_FUTAN": yen(f"利用者負担額|{k}"),
            f"H{k}_GYOSYA": pl.when(there).then(own(28 + k, 30, 4, 5_000)).otherwise(pl.lit("")),
        }
    return record("SGNICH", rows, fields)


def titles() -> Fields:
    return {
        **latest(),
        "TEATE": code("TEATE", "手当種別"),
        "NINTEI_NO": "認定番号",
        "JIDO_ATENA": number0("対象児童_宛名番号"),
        "SEI_YMD": day7("請求年月日"),
        "KEKKA": code("KEKKA", "認定結果"),
        "NIN_YMD": day7("認定年月日"),
        "SIK_YM": month("支給開始年月"),
        "KYU": text("障害程度級"),
        "YUKI_YMD": day7("有期認定期限"),
        "GETUGAKU": yen("手当月額"),
        "SIKAKU": code("SIKAKU", "資格状態"),
        "TEISI_JIYU": code("TEISI", "支給停止事由"),
        "TEISI_ST": month("支給停止開始年月"),
        "TEISI_ED": month("支給停止終了年月"),
        "HAN_NEN": year3("所得判定年度"),
        "HON_SYO": sign_behind("本人所得額", 10),
        "FUYO_SYO": sign_behind("扶養義務者等所得額", 10),
        "SOS_YMD": day7("喪失年月日"),
        "SOS_JIYU": code("SOSITU", "喪失事由"),
        "GENKYO_YMD": pl.lit("5070812"),
        "SINDAN_KBN": own(32, 3, 1),
        "KEN_NO": own(33, 900_000, 6),
        **tail(),
    }


def accounts() -> Fields:
    return {
        **key(),
        "BANK_CD": "金融機関コード",
        "SITEN_CD": "支店コード",
        "YOKIN": code("YOKIN", "口座種別"),
        "KOZA_NO": bare("口座番号"),
        "MEIGI": narrow("口座名義人_カナ"),
        "RIYO_KBN": pl.lit("022"),
        "TOROKU_YMD": day7("請求年月日"),
    }


def paid(suffix: str = "") -> Fields:
    """What a payment is; ``suffix`` names the columns of one of several side by side."""
    return {
        "ST": month(f"対象開始年月{suffix}"),
        "ED": month(f"対象終了年月{suffix}"),
        "TUKI": yen(f"対象月数{suffix}"),
        "SIKYU": yen(f"支給額{suffix}"),
        "CHOSEI": yen_signed(f"調整額{suffix}"),
        "SIHA": yen(f"支払額{suffix}"),
        "HOHO": code("SIHAHO", f"支払方法{suffix}"),
        "JOTAI": code("SIHAJO", f"支払状態{suffix}"),
        "YMD": day7(f"支払年月日{suffix}"),
    }


def payments(frame: pl.DataFrame) -> pl.DataFrame:
    keys = ["宛名番号", "手当種別"]
    columns = [
        "対象開始年月",
        "対象終了年月",
        "対象月数",
        "支給額",
        "調整額",
        "支払額",
        "支払方法",
        "支払状態",
        "支払年月日",
    ]
    slot = pl.col("支払年月").str.slice(5).cast(pl.Int64) // 3 + 1
    rows = placed(side_by_side(frame, keys, slot, len(MONTHS), columns))
    fields: dict[str, pl.Expr | str | None] = {
        **key(),
        "TEATE": code("TEATE", "手当種別"),
        "NEN": pl.col("支払年月").str.slice(0, 4),
        "TUTI_FLG": own_flag(34, 3),
        **tail(),
    }
    for k, name in enumerate(MONTHS, 1):
        there = pl.col(f"支給額|{k}").is_not_null()
        fields |= {f"M{name}_{field}": value for field, value in paid(f"|{k}").items()}
        fields[f"M{name}_SYORI"] = pl.when(there).then(own(35 + k, 900_000, 6)).otherwise(pl.lit(""))
    return record("SGTESI", rows, fields)


def extra() -> Fields:
    return {
        **key(),
        "TEATE": code("TEATE", "手当種別"),
        "SIHA_YM": month6("支払年月"),
        "RENBAN": zeros("支払連番", 2),
        **paid(),
        "RIYU_CD": own(40, 4, 1, 1),
        **tail(),
    }
