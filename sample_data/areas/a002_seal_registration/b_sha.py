"""Area 002 as B社 holds it: the eleven IK tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.a002_seal_registration.counter import POST_PLACE, STORE, STORE_PLACE
from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, hms, narrow, pad, record, s8, slashes, w7, wareki_dots
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import Fields, bare, on, own, own_flag, placed, postal, text, yen, zeros
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
OPEN = "9999999"


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    towns = world.towns.select(pl.col("town_code"), machi="vendor_code")
    yield _file("IKGENP", _register(_in_town(truth["印鑑登録情報"], towns, "住所_町字コード")))
    yield _file("IKDAIR", _helpers(truth["印鑑登録情報"]))
    yield _file("IKINEI", record("IKINEI", placed(truth["印影情報"]), _image()))
    yield _file("IKCARD", record("IKCARD", placed(truth["印鑑登録証情報"]), _card()), ("TESURYO",))
    letters = _in_town(truth["印鑑登録照会管理"], towns, "送付先_住所_町字コード")
    yield _file("IKSYOK", record("IKSYOK", letters, _letter()))
    yield _file("IKYOKU", record("IKYOKU", placed(truth["印鑑登録_抑止設定管理"]), _suppression()))
    issued = truth["印鑑登録証明書交付履歴"]
    store = pl.col("交付経路") == str(STORE)
    yield _file("IKHAKK", record("IKHAKK", placed(issued.filter(~store)), _issue()), ("MAISU", "TESURYO"))
    yield _file("IKCVS", record("IKCVS", placed(issued.filter(store)), _store_issue()), ("MAISU", "KINGAKU"))
    yield _file("IKMEMO", record("IKMEMO", placed(truth["印鑑登録_メモ情報"]), _memo()))
    yield _file("IKMATI", _towns(world))
    yield _file("IKBASY", _places(world))


def _file(name: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    return Table(name, frame, f"{name}.csv", sums=sums)


def _in_town(frame: pl.DataFrame, towns: pl.DataFrame, item: str) -> pl.DataFrame:
    """``frame`` with ``machi``, B社's code of the town that ``item`` names."""
    return placed(frame.join(towns, left_on=item, right_on="town_code", how="left", maintain_order="left"))


def day7(item: str) -> pl.Expr:
    return w7(item, "0")


def number(item: str) -> pl.Expr:
    """A number without its leading zeros; null as 0."""
    return pl.when(pl.col(item).is_not_null()).then(bare(item)).otherwise(pl.lit("0"))


def _tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day7("操作年月日"), "UPD_TIME": hms("操作時刻")}


def _key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号")}


def _register(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        **_key(),
        "RIREKI_NO": zeros("履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "SAKUJO_FLG": None,
        "TOROKU_NO": bare("印鑑登録番号"),
        "KYU_NO": text("旧印鑑登録番号"),
        "KYU_CITY": text("旧市区町村コード"),
        "JOTAI": code("JOTAI", "登録状態"),
        "IDO_JIYU": code("IDOJIY", "異動事由"),
        "IDO_YMD": day7("異動年月日"),
        "SINSEI_YMD": day7("登録申請年月日"),
        "TOROKU_YMD": day7("登録年月日"),
        "SINSEI_KBN": code("SINSYA", "申請者区分"),
        "KAKU_HOHO": code("KAKUNI", "本人確認方法"),
        "KAKU_SYO": code("SYORUI", "本人確認書類"),
        "SYOKAI_NO": number("照会書番号"),
        "JUMIN_KBN": code("JUMIN", "住民種別"),
        "SIMEI": pad("IKGENP", "SIMEI", "氏名"),
        "KANA": narrow("氏名_フリガナ"),
        "KYUSI": text("旧氏"),
        "TUSYO": text("通称"),
        "GAIKANA": narrow("氏名_氏名のカタカナ表記"),
        "MOJI_KBN": code("MOJI", "印影文字区分"),
        "SEIBETU": code("SEI", "性別"),
        "UMARE_YMD": day7("生年月日"),
        "UMARE_HYO": text("生年月日_不詳表記"),
        "MATI_CD": "machi",
        "BANTI": text("住所_番地号表記"),
        "KATAGAKI": text("住所_方書"),
        "KOKEN_FLG": on("成年被後見人_該当有無"),
        "HOTEI_FLG": text("法定代理人同行フラグ"),
        "ISI_YMD": day7("意思能力確認年月日"),
        "TEISI_ST": day7("停止開始年月日"),
        "TEISI_JIYU": code("TEISI", "停止事由"),
        "TEISI_ED": w7("停止解除年月日", OPEN),
        "MASSYO_YMD": day7("抹消年月日"),
        "MASSYO_JIYU": code("MASSYO", "抹消事由"),
        "MASIN_YMD": day7("抹消申請年月日"),
        "MASTU_YMD": day7("抹消通知年月日"),
        "KAISEI_YMD": day7("原票改製年月日"),
        "BIKO": text("備考"),
        "BASYO_CD": "入力場所コード",
        "TANMATU": narrow("入力端末"),
        "MICRO_NO": own(1, 9_000_000, 7),
        "TANA_NO": own(2, 900, 5, 1, "T"),
        "KENSA_CD": own(3, 10, 1),
        "INSATU_CNT": own(4, 40, 3),
        "JIDOKI_KBN": own_flag(5, 9),
        **_tail(),
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("IKGENP", rows, fields), "RIREKI_NO", 433).with_columns(
        pl.when(gone).then(pl.lit("0")).otherwise("NEW_KBN").alias("NEW_KBN")
    )


def _helpers(rows: pl.DataFrame) -> pl.DataFrame:
    """Guarantors and agents: one record a registration that had one."""
    helped = rows.filter(pl.col("保証人_氏名").is_not_null() | pl.col("代理人_氏名").is_not_null())
    each = placed(helped.unique(["宛名番号", "印鑑登録番号"], keep="first", maintain_order=True))
    return record(
        "IKDAIR",
        each,
        {
            **_key(),
            "TOROKU_NO": bare("印鑑登録番号"),
            "HOS_SIMEI": text("保証人_氏名"),
            "HOS_ATENA": number("保証人_宛名番号"),
            "HOS_NO": number("保証人_印鑑登録番号"),
            "HOS_CITY": text("保証人_登録市区町村コード"),
            "DAI_SIMEI": text("代理人_氏名"),
            "DAI_JUSYO": text("代理人_住所"),
            "DAI_UMARE": day7("代理人_生年月日"),
            "DAI_KANKEI": text("代理人_本人との関係"),
            "ININ_FLG": own_flag(6, 2),
        },
    )


def _image() -> Fields:
    tenths = [(pl.col(f"印影{side}寸法") * 10).cast(pl.Int64).cast(pl.String).str.zfill(3) for side in ("縦", "横")]
    return {
        **_key(),
        "TOROKU_NO": bare("印鑑登録番号"),
        "INEI_NO": zeros("印影履歴番号", 2),
        "NEW_KBN": "最新フラグ",
        "GAZO_MEI": "印影ファイル名",
        "GAZO_KBN": code("GAZO", "印影ファイル形式"),
        "GAZO_HASH": text("印影ハッシュ値"),
        "DPI": zeros("解像度", 4),
        "GAZO_W": zeros("画像幅", 5),
        "GAZO_H": zeros("画像高さ", 5),
        "TATE_MM": tenths[0],
        "YOKO_MM": tenths[1],
        "KATACHI": code("KATATI", "印影形状"),
        "HINSITU": code("HINSIT", "印影品質区分"),
        "TORI_YMD": s8("印影取込年月日"),
        "GAZO_OFS": own(7, 900_000_000, 9),
        "SCAN_CD": own(8, 20, 2, 1, "S"),
        **_tail(),
    }


def _card() -> Fields:
    return {
        **_key(),
        "CARD_RNO": zeros("登録証履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "TOROKU_NO": bare("印鑑登録番号"),
        "CARD_NO": pad("IKCARD", "CARD_NO", "印鑑登録証番号"),
        "CARD_SYU": code("CARDSY", "印鑑登録証種別"),
        "CARD_JOTAI": code("CARDJO", "印鑑登録証状態"),
        "KOFU_YMD": day7("登録証交付年月日"),
        "KOFU_JIYU": code("KOFUJI", "登録証交付事由"),
        "TESURYO": yen("登録証交付手数料"),
        "JIKI_YMD": day7("磁気再書込年月日"),
        "BOSITU_YMD": day7("亡失届出年月日"),
        "HENNO_YMD": day7("返納年月日"),
        "HIKIKAE_YMD": day7("引替年月日"),
        "MIKAISYU": on("回収未済フラグ"),
        "ANSYO_UMU": on("暗証番号登録有無"),
        "CVS_KBN": on("コンビニ交付利用可否"),
        "ANSYO_HASH": pl.when(pl.col("暗証番号登録有無") == "1").then(own(9, 9_999_999, 16)),
        "CARD_ROT": own(10, 90, 4, 1, "L"),
        **_tail(),
    }


def _letter() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "SYOKAI_NO": "照会書番号",
        "ATENA_NO": bare("宛名番号"),
        "SYOKAI_KBN": code("SYOKAI", "照会区分"),
        "TOROKU_NO": number("印鑑登録番号"),
        "SINSEI_YMD": wareki_dots("照会申請年月日"),
        "HASSO_YMD": wareki_dots("照会書発送年月日"),
        "KIGEN_YMD": wareki_dots("回答期限年月日"),
        "SOFU_KBN": code("SOFU", "送付方法"),
        "SOFU_MATI": "machi",
        "SOFU_BANTI": text("送付先_住所_番地号表記"),
        "SOFU_KATA": text("送付先_住所_方書"),
        "SINSEI_KBN": code("SINSYA", "申請者区分"),
        "DAI_SIMEI": text("代理人_氏名"),
        "KEKKA": code("KEKKA", "照会結果"),
        "KEKKA_YMD": wareki_dots(pl.coalesce("回答年月日", "返戻年月日", "取下年月日")),
        "TOIAWASE_NO": own(11, 90_000_000, 11, 30_000_000_000),
        "KAISO_CNT": own(12, 2, 1),
        **_tail(),
    }


def _moment(day: str, time: str) -> pl.Expr:
    """Date and time as 14 digits; null as empty."""
    return pl.when(pl.col(day).is_not_null()).then(s8(day) + hms(time))


def _suppression() -> Fields:
    return {
        **_key(),
        "YOKU_JIYU": code("YOKUJI", "抑止事由"),
        "YOKU_TAI": code("YOKUTA", "抑止処理対象区分"),
        "RIREKI_NO": zeros("履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "KAISI_YMD": day7("抑止開始年月日"),
        "SYURYO_YMD": w7("抑止終了年月日", OPEN),
        "LEVEL": code("LEVEL", "抑止レベル"),
        "MOSIDE": text("抑止申出者氏名"),
        "KAIJO_ST": _moment("一時解除開始年月日", "一時解除開始時刻"),
        "KAIJO_ED": _moment("一時解除終了年月日", "一時解除終了時刻"),
        "KAIJO_ID": text("一時解除設定操作者ID"),
        "RENRAKU": own(13, 30, 3, 1, "K"),
        "GAMEN_IRO": own(14, 3, 1),
        **_tail(),
    }


def _issue() -> Fields:
    return {
        **_key(),
        "KOFU_YMD": day7("交付年月日"),
        "TUBAN": zeros("発行通番", 4),
        "TOROKU_NO": bare("印鑑登録番号"),
        "CARD_NO": pad("IKHAKK", "CARD_NO", "印鑑登録証番号"),
        "KOFU_TIME": hms("交付時刻"),
        "HAKKO_NO": "発行番号",
        "BASYO_CD": "交付場所コード",
        "KEIRO": code("KEIRO", "交付経路"),
        "SEIKYU_KBN": code("SINSYA", "請求者区分"),
        "SEIKYU_SIMEI": text("請求者_氏名"),
        "MAISU": zeros("枚数", 2),
        "RYO_KBN": code("RYOKIN", "手数料区分"),
        "TESURYO": yen("手数料額"),
        "MOKUTEKI": text("使用目的"),
        "TORI_YMD": day7("取消年月日"),
        "TANMATU": narrow("端末名"),
        "REJI_NO": own(15, 900_000, 6),
        "YOSI_NO": own(16, 90_000_000, 8),
        **_tail(),
    }


def _store_issue() -> Fields:
    return {
        "DANTAI_CD": "市区町村コード",
        "KOFU_TS": slashes("交付年月日") + pl.lit(" ") + pl.col("交付時刻"),
        "TUBAN": yen("発行通番"),
        "ATENA_NO": "宛名番号",
        "TOROKU_NO": "印鑑登録番号",
        "HAKKO_NO": "発行番号",
        "MAISU": yen("枚数"),
        "KINGAKU": yen("手数料額"),
        "MISE_CD": own(17, 9_000, 6, 100_000),
        "JIGYO_CD": own(18, 4, 4, 1),
        "UPD_USER": "操作者ID",
        "UPD_TS": slashes("操作年月日") + pl.lit(" ") + pl.col("操作時刻"),
    }


def _memo() -> Fields:
    return {
        **_key(),
        "RENBAN": zeros("履歴番号", 3),
        "NEW_KBN": "最新フラグ",
        "MEMO": "メモ",
        "HYOJI_ST": s8("表示開始年月日"),
        "HYOJI_ED": s8("表示終了年月日", "99999999"),
        "JUYO_KBN": own_flag(19, 3),
        **_tail(),
    }


def _towns(world: World) -> pl.DataFrame:
    return record(
        "IKMATI",
        world.towns,
        {
            "MATI_CD": "vendor_code",
            "AZA_CD": "town_code",
            "KEN": pl.lit("山口県"),
            "SI": pl.lit(world.municipality.city),
            "AZA": "name",
            "AZA_KANA": narrow("kana"),
            "YUBIN": postal("postal"),
        },
    )


def _places(world: World) -> pl.DataFrame:
    rows = pl.DataFrame(
        [*world.municipality.offices, POST_PLACE, STORE_PLACE], schema=["code", "name"], orient="row"
    ).with_row_index("n")
    phone = pl.lit("0834-22-82") + pl.col("n").cast(pl.String).str.zfill(2)
    return record("IKBASY", rows, {"BASYO_CD": "code", "BASYO_MEI": "name", "DENWA": phone})
