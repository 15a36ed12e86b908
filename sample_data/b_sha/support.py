"""B社's tables of aliases, remarks, suppression, notices and support measures."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.b_sha import codes
from sample_data.b_sha.spell import code, flag, hms, narrow, number10, record, slashes, stamp, w7, wareki_dots, zeros
from sample_data.plugin import Table, Truth
from sample_data.truth.frame import mix
from sample_data.world import World

Fields = dict[str, pl.Expr | str | None]


def tail() -> Fields:
    return {"SAKUJO_FLG": None, "SOSA_ID": pl.col("操作者ID").str.pad_end(10, " "), "SOSA_TS": stamp()}


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with ``n``, its row number from 0, for fields that the standard does not know."""
    return frame.with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one after the other."""
    yield Table("JUKI_TSUSHO", _aliases(numbered(truth["通称履歴管理"])), "JUKI_TSUSHO.csv")
    yield Table("JUKI_BIKO", _remarks(truth), "JUKI_BIKO.csv")
    yield Table("JUKI_YOKUSHI", _suppressions(numbered(truth["住民基本台帳_抑止設定管理"])), "JUKI_YOKUSHI.csv")
    yield Table("HONNIN_TSUCHI", _notices(numbered(truth["本人通知制度情報"])), "HONNIN_TSUCHI.csv")
    yield Table(
        "HONNIN_TSUCHISHO", _letters(numbered(truth["本人通知制度通知書情報"])), "HONNIN_TSUCHISHO.csv", sums=("MAISU",)
    )
    yield Table("SHIEN_TAISHO", _subjects(numbered(truth["支援措置対象者情報"])), "SHIEN_TAISHO.csv")
    towns = world.towns.select(支援措置対象者_住所_町字コード="town_code", machi="vendor_code")
    both = [
        _applications(
            numbered(truth[f"支援措置申出書情報（{name}）"]).join(
                towns, on="支援措置対象者_住所_町字コード", how="left", maintain_order="left"
            ),
            kind,
        )
        for name, kind in (("当初受付", "1"), ("転送受付", "2"))
    ]
    yield Table("SHIEN_MOSHIDE", pl.concat(both).sort("KOJIN_NO", "KANRI_NO", maintain_order=True), "SHIEN_MOSHIDE.csv")


def _aliases(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        "KOJIN_NO": number10("宛名番号"),
        "KAISEI_NO": zeros("改製番号", 5),
        "SAISHIN_FLG": flag("最新フラグ"),
    }
    for i in range(1, 17):
        fields |= {
            f"TSUSHO{i:02d}": f"通称{i}",
            f"K_CITY{i:02d}": f"記載市区町村コード{i}",
            f"K_SHI{i:02d}": f"記載市区町村名{i}",
            f"K_YMD{i:02d}": w7(f"記載年月日{i}"),
            f"S_CITY{i:02d}": f"削除市区町村コード{i}",
            f"S_SHI{i:02d}": f"削除市区町村名{i}",
            f"S_YMD{i:02d}": w7(f"削除年月日{i}"),
        }
    return record(
        "JUKI_TSUSHO",
        rows,
        {**fields, **tail(), "KAKUNIN_SHORUI": pl.lit("0") + (pl.col("n") % 7).cast(pl.String), "MADO_MEMO": None},
    )


def _remarks(truth: Truth) -> pl.DataFrame:
    shared = ["宛名番号", "履歴番号", "最新フラグ", "操作者ID", "操作年月日", "操作時刻"]
    remarks = truth["統合記載欄C類型管理"].select(*shared, text="統合記載欄C類型", kind=pl.lit("C"))
    memos = truth["メモ情報"].select(*shared, text="メモ", kind=pl.lit("M"))
    inner = (
        memos.filter(pl.col("履歴番号") == 1)
        .gather_every(3)
        .with_columns(kind=pl.lit("Z"), text=pl.lit("他係へ引継ぎ済み"), 最新フラグ=pl.lit("1"))
    )
    rows = numbered(pl.concat([remarks, memos, inner]).sort("宛名番号", "kind", "履歴番号"))
    return record(
        "JUKI_BIKO",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "BIKO_SHU": "kind",
            "RENBAN": zeros("履歴番号", 3),
            "SAISHIN_FLG": flag("最新フラグ"),
            "HONBUN": "text",
            "KISAI_SHOKUIN": pl.when(pl.col("n") % 2 == 0).then(pl.lit("窓口第一係")),
            **tail(),
            "KIGEN_YMD": pl.when(pl.col("n") % 4 == 0).then(pl.lit("20260331")).otherwise(pl.lit("00000000")),
        },
    )


def _suppressions(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "JUKI_YOKUSHI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "YOKU_JIYU": code("抑止事由", codes.SUPPRESSION_REASON),
            "YOKU_SHORI": code("抑止処理対象区分", codes.SUPPRESSION_TARGET),
            "RIREKI_NO": zeros("履歴番号", 3),
            "EDA_NO": zeros("履歴番号_枝番号", 2),
            "SAISHIN_FLG": flag("最新フラグ"),
            "KAISHI_YMD": w7("抑止開始年月日"),
            "SHURYO_YMD": w7("抑止終了年月日", "9999999"),
            "LEVEL": code("抑止レベル", codes.SUPPRESSION_LEVEL),
            "SETAI_KBN": "世帯抑止区分",
            "KAIJO_F_YMD": w7("一時解除開始年月日"),
            "KAIJO_F_HMS": hms("一時解除開始時刻"),
            "KAIJO_T_YMD": w7("一時解除終了年月日"),
            "KAIJO_T_HMS": hms("一時解除終了時刻"),
            "KAIJO_ID": "一時解除設定操作者ID",
            "KAKARI_MEMO": pl.when(pl.col("n") % 6 == 0).then(pl.lit("関係課へ連絡済み")),
            **tail(),
        },
    )


def _notices(rows: pl.DataFrame) -> pl.DataFrame:
    where = "通知書送付先住所_"
    return record(
        "HONNIN_TSUCHI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "KANRI_NO": pl.col("本人通知制度管理番号").str.pad_end(10, " "),
            "SAISHIN_FLG": flag("最新フラグ"),
            "MOSHIDE_YMD": wareki_dots("申出年月日"),
            "TOROKU_YMD": wareki_dots("登録年月日"),
            "MANRYO_YMD": wareki_dots("登録満了年月日"),
            "YUBIN": f"{where}郵便番号",
            "KEN": f"{where}都道府県",
            "SHI": f"{where}市区郡町村名",
            "AZA": f"{where}町字",
            "BANCHI": f"{where}番地号表記",
            "KATA_CD": f"{where}方書コード",
            "KATA": f"{where}方書",
            "KATA_KANA": narrow(f"{where}方書_フリガナ"),
            "JOKEN": "通知書出力条件",
            "KEITAI": pl.lit("090-0000-") + (pl.col("n") % 10_000).cast(pl.String).str.zfill(4),
            **tail(),
            "DAIRI_FLG": pl.when(pl.col("n") % 5 == 0).then(pl.lit("1")),
        },
    )


def _letters(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "HONNIN_TSUCHISHO",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "KANRI_NO": pl.col("本人通知制度管理番号").str.pad_end(10, " "),
            "HAKKO_NO": "発行番号",
            "SAISHIN_FLG": flag("最新フラグ"),
            "TSUCHI_YMD": slashes("通知年月日"),
            "KOFU_YMD": slashes("交付年月日"),
            "KOFU_HMS": hms("交付時刻"),
            "SEIKYU_KBN": "交付請求者区分",
            "SHUSEI_FLG": "交付請求者区分修正フラグ",
            "SHOMEI_SHU": code("証明書種別", codes.CERTIFICATE),
            "MAISU": zeros("枚数", 2),
            **tail(),
            "YUSO_NO": pl.lit("YU") + mix("n", salt=1, modulus=9_999_999).cast(pl.String),
            "SEIKYU_NO": mix("n", salt=2, modulus=9_999_999).cast(pl.String),
        },
    )


def _subjects(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "SHIEN_TAISHO",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "RIREKI_NO": zeros("履歴番号", 3),
            "KAISHI_YMD": w7("支援措置開始年月日"),
            "SAISHIN_FLG": flag("最新フラグ"),
            "SHURYO_YMD": w7("支援措置終了年月日"),
            "SHIEN_KBN": code("支援措置区分", codes.SUPPORT),
            "SETAI_KBN": "世帯抑止区分",
            "BASHO_CD": "入力場所コード",
            "TANMATSU": narrow("入力端末"),
            "RENRAKU_SHO": pl.when(pl.col("n") % 2 == 0).then(pl.lit("警察署生活安全課")),
            **tail(),
            "HOGO_RANK": (pl.col("n") % 3 + 1).cast(pl.String),
        },
    )


def _applications(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    first = kind == "1"
    who, ask, aim = "支援措置対象者_", "支援を求める事務対象区分_", "支援を求める対象住所_"
    offender: Fields = {
        f"KA_{field}": f"加害者_住所_{item}"
        for field, item in (
            ("CITY", "市区町村コード"),
            ("AZA_CD", "町字コード"),
            ("KEN", "都道府県"),
            ("SHI", "市区郡町村名"),
            ("AZA", "町字"),
            ("BANCHI", "番地号表記"),
            ("KATA", "方書"),
            ("YUBIN", "郵便番号"),
        )
    }
    tasks = (
        (
            "住民基本台帳の閲覧（現住所）",
            "住民票の写し等の交付（現住所）",
            "住民票の写し等の交付（前住所等）",
            "戸籍の附票の写し等の交付（本籍）",
            "戸籍の附票の写し等の交付（前本籍等）",
            "固定資産所在市区町村",
        )
        if first
        else ("住民基本台帳の閲覧", "住民票の写し等の交付", "住民票の除票の写し等の交付")
    )
    aims = (
        "転入通知に基づいて記載した転出先住所（確定）",
        "転出届に基づいて記載した転出先住所（予定）",
        "統合記載欄に記載された転出先住所等",
    )
    only_first: Fields = {
        "HON_CITY": f"{who}本籍_市区町村コード",
        "HON_AZA_CD": f"{who}本籍_町字コード",
        "HON_KEN": f"{who}本籍_都道府県",
        "HON_SHI": f"{who}本籍_市区郡町村名",
        "HON_AZA": f"{who}本籍_町字",
        "HON_BANCHI": f"{who}本籍_地番号または、街区符号",
        "MAE_CITY": f"{who}前住所_市区町村コード",
        "MAE_AZA_CD": f"{who}前住所_町字コード",
        "MAE_KEN": f"{who}前住所_都道府県",
        "MAE_SHI": f"{who}前住所_市区郡町村名",
        "MAE_AZA": f"{who}前住所_町字",
        "MAE_BANCHI": f"{who}前住所_番地号表記",
        "MAE_KATA": f"{who}前住所_方書",
        "TENSO_CITY": f"{who}転送先_市区町村コード",
        "TENSO_YMD": w7(f"{who}転送年月日"),
    }
    only_second: Fields = {
        "TAISHO_JUSHO": pl.concat_str(*(aim + a for a in aims)),
        "UKETSUKE_YMD": w7(f"{who}転送受付年月日"),
        "TOSHO_CITY": "当初受付_市区町村コード",
    }
    absent: Fields = dict.fromkeys(only_second if first else only_first) | (
        {"UKETSUKE_YMD": pl.lit("0000000")} if first else {"TENSO_YMD": pl.lit("0000000")}
    )
    fields: Fields = {
        "KOJIN_NO": number10("宛名番号"),
        "KANRI_NO": "支援措置管理番号",
        "RIREKI_NO": zeros("支援措置履歴番号", 3),
        "UKE_KBN": pl.lit(kind),
        "SAISHIN_FLG": flag("最新フラグ"),
        "TAISHO_KBN": "対象者区分",
        "JOKYO": "申出者の状況",
        "SHIMEI": f"{who}氏名",
        "KANA": narrow(f"{who}氏名_フリガナ"),
        "KYU_SHI": f"{who}旧氏",
        "KYU_SHI_KANA": narrow(f"{who}旧氏_フリガナ"),
        "UMARE_YMD": w7(f"{who}生年月日"),
        "SEX": code(f"{who}性別", codes.SEX),
        "MACHI_CD": "machi",
        "BANCHI": f"{who}住所_番地号表記",
        "KATA_CD": f"{who}住所_方書コード",
        "KATA": f"{who}住所_方書",
        "KATA_KANA": narrow(f"{who}住所_方書_フリガナ"),
        "TEL": f"{who}連絡先電話番号",
        "KEITAI": f"{who}連絡先携帯電話番号",
        "MAIL": f"{who}連絡先メールアドレス",
        "SONOTA": f"{who}その他",
        "KANKEI": f"{who}支援措置対象者との関係",
        "KA_SHIMEI": "加害者_氏名",
        "KA_UMARE": w7("加害者_生年月日"),
        "KA_SEX": code("加害者_性別", codes.SEX),
        **offender,
        "KA_SONOTA": "加害者_その他",
        "KA_NINZU": zeros("加害者人数", 2),
        "JIMU_FLG": pl.concat_str(*(ask + t for t in tasks)).str.pad_end(6, "0"),
        "KAISHI_YMD": w7("支援措置開始年月日"),
        "SHURYO_YMD": w7("支援措置終了年月日"),
        "KARI_FLG": flag("仮支援措置の有無"),
        "KARI_F_YMD": w7("仮支援措置開始年月日"),
        "KARI_T_YMD": w7("仮支援措置終了年月日"),
        "BASHO_CD": "入力場所コード",
        "TANMATSU": narrow("入力端末"),
        "KEISATSU_NO": pl.when(pl.col("n") % 3 == 0).then(pl.lit("K2025-") + pl.col("n").cast(pl.String)),
        "HENTO_YMD": pl.lit("0000000"),
        **tail(),
        "HENKO_CNT": (pl.col("n") % 4).cast(pl.String),
        "SOTAI_NO": None,
        "KAIGI_YMD": pl.lit("0000000"),
        **absent,
        **(only_first if first else only_second),
    }
    return record("SHIEN_MOSHIDE", rows, fields)
