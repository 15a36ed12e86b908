"""Area 031 as B社 holds it: addressees with history, destinations, merges, and the renumbering table that all
municipalities share."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.b_sha import codes
from sample_data.b_sha.spell import bare, code, deleted, flag, narrow, number10, pad, record, s8, w7, wareki_dots
from sample_data.b_sha.support import numbered, tail
from sample_data.plugin import Context, Table, Truth
from sample_data.truth.frame import mix
from sample_data.world import World


def exports(world: World, truth: Truth, ctx: Context) -> Iterator[Table]:
    """The tables of addressees outside the register."""
    yield Table("JUTOGAI", deleted(_addressees(truth), "RIREKI_NO"), "JUTOGAI.csv")
    yield Table("JUTOGAI_SOFU", _destinations(numbered(truth["住登外者送付先情報"])), "JUTOGAI_SOFU.csv")
    yield Table("NAYOSE", _merges(numbered(truth["住登外者名寄せ履歴"])), "NAYOSE.csv")
    yield Table("ATENA_HENKAN", _conversions(numbered(truth["宛名番号変換情報"])), "ATENA_HENKAN_ALL.csv", shared=True)


def _addressees(truth: Truth) -> pl.DataFrame:
    base = truth["住登外者宛名基本情報"].select(
        "宛名番号",
        "個人番号",
        kanji="氏名_外国人漢字",
        used="業務ID",
        side=pl.col("代表宛名フラグ").replace_strict([0, 1], ["D", "N"], return_dtype=pl.String),
        into="名寄せ先宛名番号",
    )
    rows = numbered(truth["住登外者宛名履歴情報"].join(base, on="宛名番号", how="left", maintain_order="left"))
    postal = pl.col("住所_郵便番号")
    line = pl.concat_str(pl.col("住所_市区郡町村名"), pl.col("住所_町字"), pl.col("住所_番地号表記"))
    return record(
        "JUTOGAI",
        rows,
        {
            "ATENA_NO": number10("宛名番号"),
            "RIREKI_NO": pl.col("履歴番号").cast(pl.String).str.zfill(3),
            "SAISHIN_FLG": flag("最新フラグ"),
            "JINKAKU": code("人格区分", codes.PERSONALITY),
            "IDO_YMD": w7("異動年月日"),
            "IDO_JIYU": code("異動事由", codes.OUTSIDER_REASON),
            "SHIMEI": pad("JUTOGAI", "SHIMEI", "氏名"),
            "KANA": narrow("氏名_読み仮名"),
            "KANJI_MEI": "kanji",
            "HOJIN_NO": pl.col("法人番号").fill_null("0" * 13),
            "DAIHYOSHA": "代表者_氏名",
            "NIHONJIN": "日本人外国人区分",
            "SEX": pl.col("性別").fill_null("9"),
            "UMARE_YMD": w7("生年月日"),
            "SHIBO_YMD": w7("死亡年月日"),
            "CITY_CD": "住所_市区町村コード",
            "AZA_CD": "住所_町字コード",
            "KEN": "住所_都道府県",
            "SHI": "住所_市区郡町村名",
            "AZA": "住所_町字",
            "BANCHI": "住所_番地号表記",
            "KATA": "住所_方書",
            "YUBIN": (postal.str.slice(0, 3) + pl.lit("-") + postal.str.slice(3)).fill_null("000-0000"),
            "KUNI_CD": "国名コード",
            "KOKUGAI": "国外住所",
            "TEL": "電話番号",
            "FUMEI_FLG": "転居先不明フラグ",
            "MY_NO": bare("個人番号"),
            "GYOMU_CD": code("used", codes.BUSINESS),
            "DAIHYO_KBN": "side",
            "NAYOSE_SAKI": number10("into", "0" * 10),
            "KYU_NO": pl.lit("T") + mix("n", salt=1, modulus=99_999_999).cast(pl.String).str.zfill(8),
            "JUSHO1": line,
            "CHOSA_YMD": pl.when(pl.col("n") % 30 == 0).then(pl.lit("5060401")).otherwise(pl.lit("0000000")),
            "KOZA_FLG": (pl.col("n") % 2).cast(pl.String),
            **tail(),
            "KYOTSU_CD": pl.lit("0") + (pl.col("n") % 5).cast(pl.String),
            "SEIBI_FLG": pl.when(pl.col("n") % 2 == 0).then(pl.lit("1")),
        },
    )


def _destinations(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "JUTOGAI_SOFU",
        rows,
        {
            "ATENA_NO": number10("宛名番号"),
            "GYOMU_CD": code("業務ID", codes.BUSINESS),
            "RIREKI_NO": pl.col("履歴番号").cast(pl.String).str.zfill(3),
            "SAISHIN_FLG": flag("最新フラグ"),
            "SOFU_KBN": code("送付先区分", codes.DESTINATION),
            "SOFU_ATENA": number10("送付先_宛名番号", "0" * 10),
            "SHIMEI": "送付先_氏名",
            "KANA": narrow("送付先_氏名_フリガナ"),
            "CITY_CD": "送付先_住所_市区町村コード",
            "AZA_CD": "送付先_住所_町字コード",
            "KEN": "送付先_住所_都道府県",
            "SHI": "送付先_住所_市区郡町村名",
            "AZA": "送付先_住所_町字",
            "BANCHI": "送付先_住所_番地号表記",
            "KATA": "送付先_住所_方書",
            "YUBIN": "送付先_住所_郵便番号",
            "TEL": "送付先_電話番号",
            "F_YMD": wareki_dots("送付先開始年月日"),
            "T_YMD": wareki_dots("送付先終了年月日", "99.99.99"),
            "HITOKU": flag("秘匿フラグ"),
            "RIYU": "登録理由",
            "FUTO_KBN": (pl.col("n") % 3).cast(pl.String),
            **tail(),
            "HENREI_CNT": (pl.col("n") % 2).cast(pl.String),
        },
    )


def _merges(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "NAYOSE",
        rows,
        {
            "MOTO_NO": number10("名寄せ元宛名番号"),
            "RIREKI_NO": pl.col("履歴番号").cast(pl.String).str.zfill(3),
            "SAISHIN_FLG": flag("最新フラグ"),
            "SAKI_NO": number10("名寄せ先宛名番号"),
            "NAYOSE_YMD": s8("名寄せ年月日"),
            "KONKYO": code("名寄せ根拠", codes.GROUND),
            "KAIJO_YMD": s8("名寄せ解除年月日"),
            "KAIJO_RIYU": "名寄せ解除理由",
            "TANTO_KA": pl.when(pl.col("n") % 2 == 0).then(pl.lit("課税課")),
            **tail(),
            "SCORE": (pl.col("n") % 40 + 60).cast(pl.String),
        },
    )


def _conversions(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "ATENA_HENKAN",
        rows,
        {
            "DANTAI_CD": "市区町村コード",
            "SYS_KBN": "旧システム区分",
            "KYU_NO": pad("ATENA_HENKAN", "KYU_NO", "旧宛名番号"),
            "KYU_EDA": "旧枝番号",
            "ATENA_NO": number10("宛名番号", "0" * 10),
            "SHUBETSU": "宛名種別",
            "HENKAN_KBN": "変換区分",
            "KONKYO": code("突合根拠", codes.GROUND),
            "KYU_DANTAI": "旧市区町村コード",
            "HENKAN_YMD": s8("変換年月日"),
            "BIKO": "変換備考",
            **tail(),
            "BATCH_NO": (pl.col("n") // 1000 + 1).cast(pl.String),
            "CHK_CD": pl.lit("OK"),
        },
    )
