"""B社's two wide tables of area 027: JTMEIS (four months side by side) and JTSYOT (recipient and spouse)."""

from __future__ import annotations

import polars as pl

from sample_data.areas.a027_child_allowance.b_sha_spell import NOBODY, code, key, month, tail, thousands, western
from sample_data.b_sha.spell import hms, number10, record, w7
from sample_data.tax.vendor import Fields, own, own_flag, placed, sign_behind, text, year3, yen, yen_signed, zeros

AT_ONCE = 4
"""Months of a record of JTMEIS."""
PERSON_ITEMS = (
    "判定対象者_宛名番号",
    "最新フラグ",
    "所得取得方法",
    "申告状況区分",
    "総所得金額等",
    "給与年金所得控除額",
    "雑損医療費等控除額",
    "障害者控除人数",
    "特別障害者控除人数",
    "寡婦ひとり親控除区分",
    "社会保険料相当控除額",
    "控除後所得額",
    "扶養親族等の数",
    "老人扶養親族の数",
    "所得制限限度額",
    "所得上限限度額",
    "所得判定区分",
    "判定年月日",
    "操作者ID",
    "操作年月日",
    "操作時刻",
)
"""Items of 所得情報 that B社 keeps twice in a record, of the recipient and of the spouse."""


def details(frame: pl.DataFrame) -> pl.DataFrame:
    """Up to four months of a child in one record."""
    keys = ["認定番号", "支払管理番号", "児童_宛名番号", "明細区分"]
    rows = (
        frame.sort(*keys, "支給年月")
        .with_columns(_g=pl.struct(keys).rle_id())
        .with_columns(_k=pl.int_range(pl.len()).over("_g"))
        .with_columns(_page=pl.col("_k") // AT_ONCE, _slot=pl.col("_k") % AT_ONCE)
    )
    kind = pl.concat_str(
        [
            code("SEIDO", "制度区分"),
            code("KYUFU", "給付区分"),
            code("NENREI", "年齢区分"),
            code("JUNI", "算定順位区分"),
        ]
    )
    rows = rows.with_columns(_ym=month("支給年月"), _kbn=kind, _gaku=yen_signed("支給額"))
    wide = rows.filter(pl.col("_slot") == 0)
    sums = rows.group_by("_g", "_page").agg(pl.col("支給額").sum().alias("_sum"))
    for n in range(1, AT_ONCE + 1):
        one = rows.filter(pl.col("_slot") == n - 1).select(
            "_g", "_page", *(pl.col(c).alias(f"{c}{n}") for c in ("_ym", "_kbn", "_gaku"))
        )
        wide = wide.join(one, on=["_g", "_page"], how="left", maintain_order="left")
    wide = wide.join(sums, on=["_g", "_page"], how="left", maintain_order="left")
    fields: Fields = {
        **key(),
        "SIHA_NO": "支払管理番号",
        "JIDO_ATENA": number10("児童_宛名番号"),
        "MEI_KBN": code("MEISAI", "明細区分"),
        "GYO_NO": (pl.col("_page") + 1).cast(pl.String).str.zfill(2),
        "HIYOSYA": code("HIYOSY", "被用者区分"),
        "KEI_GAKU": yen_signed("_sum"),
        "YOSAN_CD": own(15, 90, 6, 310_100),
        **tail(western("操作年月日")),
        **{f"T{n}_YM": pl.col(f"_ym{n}").fill_null("0") for n in range(1, AT_ONCE + 1)},
        **{f"T{n}_KBN": text(f"_kbn{n}") for n in range(1, AT_ONCE + 1)},
        **{f"T{n}_GAKU": text(f"_gaku{n}") for n in range(1, AT_ONCE + 1)},
    }
    return record("JTMEIS", placed(wide), fields)


def incomes(frame: pl.DataFrame) -> pl.DataFrame:
    """The recipient and the spouse in one record."""
    keys = ["市区町村コード", "宛名番号", "認定番号", "所得年度", "履歴番号"]
    wide = frame.select(keys).unique(maintain_order=True)
    for side, role in (("H", "1"), ("G", "2")):
        one = frame.filter(pl.col("判定対象者区分") == role).select(
            *keys, *(pl.col(c).alias(f"{side}|{c}") for c in PERSON_ITEMS)
        )
        wide = wide.join(one, on=keys, how="left", maintain_order="left")
    fields: dict[str, pl.Expr | str | None] = {
        **key(),
        "SYO_NEN": year3("所得年度"),
        "RIREKI": zeros("履歴番号", 3),
        "SETAI_FLG": own_flag(16, 5),
        "SYOKAI_NO": own(17, 90_000_000, 8),
        "TORI_KBN": own(18, 4, 1),
        "BATCH_NO": own(19, 90_000, 5),
        "SIRYO_CD": own(20, 30, 2),
    }
    for side in ("H", "G"):
        fields |= {f"{side}_{name}": value for name, value in _person(f"{side}|").items()}
    return record("JTSYOT", placed(wide.sort("認定番号", "履歴番号")), fields)


def _person(of: str) -> Fields:
    return {
        "ATENA": number10(of + "判定対象者_宛名番号", NOBODY),
        "NEW": code("SAISIN", of + "最新フラグ"),
        "SYUTOK": code("SYUTOK", of + "所得取得方法"),
        "SINKOK": code("SINKOK", of + "申告状況区分"),
        "SYOTOK": sign_behind(of + "総所得金額等", 12),
        "KYUYO": yen(of + "給与年金所得控除額"),
        "ZASSON": yen(of + "雑損医療費等控除額"),
        "SYOGAI": zeros(of + "障害者控除人数", 2),
        "TOKSYO": zeros(of + "特別障害者控除人数", 2),
        "KAFU": code("KAFU", of + "寡婦ひとり親控除区分"),
        "SYAHO": yen(of + "社会保険料相当控除額"),
        "KOJOGO": yen_signed(of + "控除後所得額"),
        "FUYO": zeros(of + "扶養親族等の数", 2),
        "ROJIN": zeros(of + "老人扶養親族の数", 2),
        "GENDO": thousands(of + "所得制限限度額"),
        "JOGEN": thousands(of + "所得上限限度額"),
        "HANTEI": code("HANTEI", of + "所得判定区分"),
        "HANYMD": w7(of + "判定年月日", ""),
        "USER": text(of + "操作者ID"),
        "YMD": w7(of + "操作年月日", ""),
        "TIME": hms(of + "操作時刻"),
    }
