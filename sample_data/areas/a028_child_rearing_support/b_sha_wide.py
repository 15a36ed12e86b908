"""B社's three wide tables of area 028: KSHOGO (both guardians), KSFUTN (both halves of a year), KSCHOT (twelve
months)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import hms, month5, number10, record, w7
from sample_data.tax.vendor import Fields, own, own_flag, placed, text, year3, yen, yen_signed, zeros

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


def _beside(frame: pl.DataFrame, keys: list[str], slot: str, slots: Mapping[str, int]) -> pl.DataFrame:
    """One row a key; all other columns of the rows whose ``slot`` is n come as ``<name>|<column>``."""
    wide = frame.select(keys).unique(maintain_order=True)
    others = [c for c in frame.columns if c not in keys and c != slot]
    for name, n in slots.items():
        one = frame.filter(pl.col(slot) == n).select(*keys, *(pl.col(c).alias(f"{name}|{c}") for c in others))
        wide = wide.join(one, on=keys, how="left", maintain_order="left")
    return wide


def guardians(frame: pl.DataFrame, employers: Mapping[str, str]) -> pl.DataFrame:
    """The first and the second guardian of a certificate in one record."""
    keys = ["市区町村コード", "宛名番号", "認定番号", "履歴番号"]
    rows = frame.with_columns(_n=pl.int_range(pl.len()).over(keys) + 1)
    # A guardian keeps the column of the first record.
    first = rows.filter(pl.col("履歴番号") == 1).select("認定番号", "保護者_宛名番号", _slot=pl.col("_n"))
    rows = rows.join(first, on=["認定番号", "保護者_宛名番号"], how="left", maintain_order="left").drop("_n")
    wide = _beside(rows, keys, "_slot", {"P1": 1, "P2": 2})
    fields: dict[str, pl.Expr | str | None] = {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": number10("宛名番号"),
        "NINTEI_NO": "認定番号",
        "RIREKI": zeros("履歴番号", 3),
        "SYOMEI_KBN": own(21, 4, 1, 1),
        "KAKU_YMD": own(22, 28, 2, 1, "50610"),
        "SISU_KEI": own(23, 45, 3),
        "BIKO_CD": own(24, 60, 3),
    }
    for name in ("P1", "P2"):
        fields |= {f"{name}_{field}": value for field, value in _guardian(f"{name}|", employers).items()}
    return record("KSHOGO", placed(wide), fields)


def _guardian(of: str, employers: Mapping[str, str]) -> Fields:
    there = pl.col(of + "保護者_宛名番号").is_not_null()

    def until(item: str) -> pl.Expr:
        return pl.when(there).then(w7(of + item, "9999999")).otherwise(pl.lit(""))

    firm = pl.col(of + "勤務先名称").replace_strict(list(employers), list(employers.values()), return_dtype=pl.String)
    return {
        "ATENA": number10(of + "保護者_宛名番号", "0000000000"),
        "NEW": code("SAISIN", of + "最新フラグ"),
        "ZOKU": code("ZOKUG", of + "続柄"),
        "JIYU": code("HOJIYU", of + "保育必要性事由"),
        "ST": w7(of + "事由開始年月日", ""),
        "ED": until("事由終了年月日"),
        "KEITAI": code("KEITAI", of + "就労形態"),
        "KINMU": firm.fill_null(""),
        "JIKAN": (pl.col(of + "月間就労時間") * 10).cast(pl.Int64).cast(pl.String).fill_null(""),
        "IKU_ED": w7(of + "育児休業終了年月日", ""),
        "SYUSAN": w7(of + "出産予定年月日", ""),
        "USER": text(of + "操作者ID"),
        "YMD": w7(of + "操作年月日", ""),
        "TIME": hms(of + "操作時刻"),
    }


def month(item: str, empty: str) -> pl.Expr:
    return pl.when(pl.col(item).is_not_null()).then(month5(item)).otherwise(pl.lit(empty))


def fees(frame: pl.DataFrame) -> pl.DataFrame:
    """The decisions of both halves of a year in one record; a second decision of a half goes to the next record."""
    keys = ["市区町村コード", "宛名番号", "年度", "_gyo"]
    half = pl.col("適用開始年月").str.slice(5).is_in(["04", "05", "06", "07", "08"])
    rows = frame.with_columns(_half=pl.when(half).then(1).otherwise(2))
    rows = rows.with_columns(_gyo=pl.int_range(pl.len()).over("宛名番号", "年度", "_half") + 1)
    wide = _beside(rows, keys, "_half", {"ZEN": 1, "KOU": 2})
    fields: dict[str, pl.Expr | str | None] = {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": number10("宛名番号"),
        "NENDO": year3("年度"),
        "GYO": zeros("_gyo", 2),
        "KAISO_OLD": own(25, 20, 2, 1, "D"),
        "TUTI_NO": own(26, 90_000_000, 8),
        "BOSI_MARK": own_flag(27, 9),
        "SYU_KBN": own(28, 20, 2),
        "KEN_HOJO": own(29, 3, 1),
        "SEIKYU_FLG": own_flag(30, 2),
        "YOSAN_CD": own(31, 90, 6, 140_100),
    }
    for name in ("ZEN", "KOU"):
        fields |= {f"{name}_{field}": value for field, value in _fee(f"{name}|").items()}
    return record("KSFUTN", placed(wide), fields)


def _fee(of: str) -> Fields:
    return {
        "ST": month(of + "適用開始年月", "0"),
        "RIREKI": zeros(of + "履歴番号", 3),
        "NEW": code("SAISIN", of + "最新フラグ"),
        "ED": month(of + "適用終了年月", ""),
        "KEIYAKU": text(of + "契約番号"),
        "NINKBN": code("NINKBN", of + "認定区分"),
        "HITUYO": code("HITUYO", of + "保育必要量区分"),
        "CLASS": yen(of + "クラス年齢"),
        "KAZEI": year3(of + "算定課税年度"),
        "WARI": yen(of + "世帯所得割合計額"),
        "KAISO": code("KAISO", of + "階層区分"),
        "KUNI": code("KUNIKA", of + "国階層区分"),
        "TOKU": code("KAITOK", of + "階層特例区分"),
        "KIJUN": yen(of + "市基準額"),
        "TASI": code("TASI", of + "多子区分"),
        "TAGEN": yen(of + "多子軽減額"),
        "DOKU": yen(of + "独自軽減額"),
        "GENMEN": yen(of + "減免額"),
        "GENJIY": code("GENJIY", of + "減免事由"),
        "GETU": yen(of + "利用者負担月額"),
        "FUKU": code("FUKUME", of + "副食費免除区分"),
        "FUGAKU": yen(of + "副食費免除月額"),
        "KETTEI": w7(of + "決定年月日", ""),
        "USER": text(of + "操作者ID"),
        "YMD": w7(of + "操作年月日", ""),
        "TIME": hms(of + "操作時刻"),
    }


def bills(frame: pl.DataFrame) -> pl.DataFrame:
    """Twelve months of a kind of fee in one record."""
    keys = ["市区町村コード", "宛名番号", "料金種別", "賦課年度", "施設番号", "納付義務者_宛名番号", "納付方法"]
    keys += ["操作者ID", "操作年月日", "操作時刻"]
    rows = frame.with_columns(_m=pl.col("対象年月").str.slice(5).cast(pl.Int64)).drop("対象年月", "調定連番")
    wide = _beside(rows, keys, "_m", {f"M{m:02}": m for m in MONTHS})

    def whole(item: str) -> pl.Expr:
        return pl.sum_horizontal([pl.col(f"M{m:02}|{item}") for m in MONTHS]).cast(pl.String)

    months = pl.sum_horizontal([pl.col(f"M{m:02}|調定額").is_not_null().cast(pl.Int64) for m in MONTHS])
    fields: dict[str, pl.Expr | str | None] = {
        "DANTAI_CD": "市区町村コード",
        "ATENA_NO": number10("宛名番号"),
        "RYOKIN": code("RYOKIN", "料金種別"),
        "FUKA_NEN": year3("賦課年度"),
        "SISE_NO": pl.col("施設番号").str.slice(6),
        "GIMU_ATENA": number10("納付義務者_宛名番号"),
        "NOFU": code("NOFU", "納付方法"),
        "NENGAKU": whole("調定額"),
        "TUKI_SU": months.cast(pl.String).str.zfill(2),
        "KOZA_BANGO": own(32, 9_000_000, 7, 1_000_000, "0170-"),
        "TUTI_NO": own(33, 90_000_000, 8),
        "TOKKI": own(34, 40, 2),
        "NENDO_KBN": own(35, 3, 1),
        "SYUNO_KEI": whole("収納額"),
        "MINO_KEI": whole("未納額"),
        "SAIKO_YM": own(36, 12, 2, 1, "506"),
        "BUNNO_FLG": own_flag(37, 20),
        "SEIYAKU_NO": own(38, 900_000, 6),
        "YOSAN_CD": own(39, 90, 6, 140_200),
        "KEISAN_KBN": own(40, 4, 1),
        "HASSO_NO": own(41, 90_000_000, 8),
        "UPD_USER": "操作者ID",
        "UPD_YMD": w7("操作年月日", "0"),
        "UPD_TIME": hms("操作時刻"),
    }
    for m in MONTHS:
        of = f"M{m:02}|"
        fields |= {
            f"M{m:02}_CHO": yen(of + "調定額"),
            f"M{m:02}_KAI": code("KAIKEI", of + "会計区分"),
            f"M{m:02}_NOK": w7(of + "納期限", ""),
            f"M{m:02}_SYU": yen(of + "収納額"),
            f"M{m:02}_KAN": yen(of + "還付充当額"),
            f"M{m:02}_KES": yen(of + "不納欠損額"),
            f"M{m:02}_MI": yen_signed(of + "未納額"),
            f"M{m:02}_SAI": w7(of + "最終収納年月日", ""),
            f"M{m:02}_TOK": w7(of + "督促年月日", ""),
            f"M{m:02}_EN": yen(of + "延滞金額"),
        }
    return record("KSCHOT", placed(wide), fields)
