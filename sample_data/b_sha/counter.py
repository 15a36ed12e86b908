"""B社's tables of cards, certificates, moves, online requests and masters."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sample_data.b_sha import codes
from sample_data.b_sha.spell import (
    bare,
    code,
    deleted,
    flag,
    hms,
    narrow,
    number10,
    pad,
    record,
    s8,
    slashes,
    w7,
    wareki_dots,
    wareki_spaced,
    zeros,
)
from sample_data.b_sha.support import Fields, numbered, tail
from sample_data.plugin import Table, Truth
from sample_data.truth.counter import offices
from sample_data.truth.frame import mix
from sample_data.truth.requests import MOVERS
from sample_data.world import World


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one after the other."""
    desks = offices(world)
    name_to_code = dict(zip(desks["desk_name"], desks["desk"], strict=True))
    yield Table("CARD_KANRI", _cards(truth, world), "CARD_KANRI.csv")
    yield Table("CARD_SOFU", _deliveries(numbered(truth["個人番号カード送付先情報"]), name_to_code), "CARD_SOFU.csv")
    issued = deleted(_issued(numbered(truth["証明書・通知書交付履歴管理"]), name_to_code), "TSUBAN")
    yield Table(
        "HAKKO_RIREKI",
        issued.with_columns(pl.col("TSUBAN").str.zfill(4)),
        "HAKKO_RIREKI.tsv",
        format="tsv",
        sums=("MAISU", "TESURYO"),
    )
    yield Table("TEN_SHOMEI", _moving_certificates(numbered(truth["転出証明証等発行情報"])), "TEN_SHOMEI.csv")
    yield Table("ZAN_SETAI", _relations_left(numbered(truth["世帯主転出後の続柄情報"])), "ZAN_SETAI.csv")
    yield Table("TEN_JUKINET", _arrivals(numbered(truth["転出証明書情報管理"])), "TEN_JUKINET.csv", sums=("NINZU",))
    requests, movers = _requests(truth, name_to_code)
    yield Table("SHINSEI", requests, "SHINSEI.csv")
    yield Table("SHINSEI_IDOSHA", movers, "SHINSEI_IDOSHA.csv")
    towns = world.towns.select(特別永住者証明書_申請者_住所_町字="name", machi="vendor_code")
    special = numbered(truth["特別永住者証明書関連情報"]).join(
        towns, on="特別永住者証明書_申請者_住所_町字", how="left", maintain_order="left"
    )
    yield Table("TOKUEI", _special(special), "TOKUEI.csv")
    vacant = numbered(truth["空き住民票コード管理"])
    yield Table(
        "AKI_CODE",
        record(
            "AKI_CODE",
            vacant,
            {
                "JUMINHYO_CD": "空き住民票コード",
                "WARIATE_YMD": s8("操作年月日"),
                **tail(),
                "YOYAKU_FLG": pl.when(pl.col("n") % 9 == 0).then(pl.lit("1")),
            },
        ),
        "AKI_CODE.csv",
    )
    yield Table("BASHO_M", _offices(numbered(desks)), "BASHO_M.csv")
    yield Table("MACHI_M", _towns(world), "MACHI_M.csv")


def _cards(truth: Truth, world: World) -> pl.DataFrame:
    chips = truth["電子証明情報"].select(
        "宛名番号",
        sign="カード用署名用電子証明書_シリアル番号",
        use="カード用利用者証明用電子証明書_シリアル番号",
        chip_id="操作者ID",
        chip_date="操作年月日",
        chip_time="操作時刻",
    )
    rows = numbered(truth["個人番号カード管理"].join(chips, on="宛名番号", how="left", maintain_order="left"))
    return record(
        "CARD_KANRI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "UNYO_JOKYO": code("個人番号カード_運用状況", codes.CARD_STATE),
            "YUKO_KIGEN": s8("個人番号カード_有効期限"),
            "KAISHU_YMD": s8("個人番号カード_回収年月日"),
            "CHUSHUTSU_YMD": s8("個人番号カード_抽出年月日"),
            "SHOMEI_SN": "sign",
            "RIYO_SN": "use",
            "DENSHI_ID": pl.col("chip_id").fill_null("").str.pad_end(10, " "),
            "DENSHI_TS": s8("chip_date") + hms("chip_time", "000000"),
            "CARD_SEIZO_NO": pl.lit("C") + mix("n", salt=1, modulus=999_999_999).cast(pl.String).str.zfill(15),
            "KOFU_MADO": pl.lit(world.municipality.offices[0][0]),
            **tail(),
        },
    )


def _deliveries(rows: pl.DataFrame, desks: dict[str, str]) -> pl.DataFrame:
    postal = pl.col("送付先_住所_郵便番号")
    return record(
        "CARD_SOFU",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "SHORI_YMD": s8("処理年月日"),
            "TSUBAN": bare("通番処理番号"),
            "INSATSU_KBN": "宛先印刷区分",
            "SOFU_YUBIN": postal.str.slice(0, 3) + pl.lit("-") + postal.str.slice(3),
            "SOFU_JUSHO": pad("CARD_SOFU", "SOFU_JUSHO", "送付先_住所"),
            "SOFU_SHIMEI": pad("CARD_SOFU", "SOFU_SHIMEI", "送付先_氏名"),
            "MOTO_BASHO": pl.lit(next(iter(desks.values()))),
            "KOFU_BASHO": code("交付場所名", desks),
            "OKURI_BASHO": code("送付場所名", desks),
            "KITEI_KBN": code("第30条45規定区分", codes.ARTICLE45),
            "ZAIRYU_MANRYO": s8("在留期間の満了の日"),
            **tail(),
            "KAKITOME_NO": mix("n", salt=2, modulus=99_999_999_999).cast(pl.String).str.zfill(12),
            "HENREI_FLG": pl.when(pl.col("n") % 40 == 0).then(pl.lit("1")),
        },
    )


def _issued(rows: pl.DataFrame, desks: dict[str, str]) -> pl.DataFrame:
    return record(
        "HAKKO_RIREKI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "KOFU_YMD": s8("交付年月日"),
            "TSUBAN": zeros("発行通番", 4),
            "KOFU_HMS": hms("交付時刻"),
            "HAKKO_NO": "発行番号",
            "KOFU_BASHO": code("交付場所", desks),
            "KOFU_KBN": "交付区分",
            "SHOMEI_SHU": code("証明書種別", codes.CERTIFICATE),
            "KISAI_JIKO": "記載事項",
            "MAISU": zeros("枚数", 2),
            "TANMATSU": narrow("端末名"),
            "SHOBUN": "処分情報",
            "TESURYO": pl.when(pl.col("交付区分") == "2").then(0).otherwise(pl.col("枚数") * 300).cast(pl.String),
            "MENJO_KBN": pl.when(pl.col("交付区分") == "2").then(pl.lit("1")),
            "SAISHIN_FLG": flag("最新フラグ"),
            **tail(),
        },
    )


def _moving_certificates(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "TEN_SHOMEI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "NUSHI": "転出前_世帯主氏名",
            "SHU": code("転出証明書等種別", codes.CERTIFICATE),
            "HAKKO_YMD": wareki_spaced("転出証明書等発行年月日"),
            "KOKUHO": "国保資格有無",
            "KOUKI": "後期高齢資格有無",
            "KAIGO": "介護資格有無",
            "NENKIN_NO": bare("基礎年金番号"),
            "NENKIN_SHU": "年金資格種別",
            "JITE": "児童手当資格区分",
            "SAIHAKKO_CNT": (pl.col("n") % 2).cast(pl.String),
            **tail(),
            "YUSO_KBN": pl.when(pl.col("n") % 3 == 0).then(pl.lit("1")),
        },
    )


def _relations_left(rows: pl.DataFrame) -> pl.DataFrame:
    relation = pl.concat_str(*(pl.col(f"残世帯_続柄コード{i}").fill_null("00") for i in "１２３"))
    return record(
        "ZAN_SETAI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "SETAI_NO": number10("世帯番号"),
            "TODOKE_YMD": w7("世帯主_転出届出年月日"),
            "YOTEI_YMD": w7("世帯主_転出予定年月日"),
            "HENKO_YMD": w7("転出届出日以降_世帯変更届出年月日"),
            "NUSHI": "残世帯_世帯主氏名",
            "ZOKU_CD": relation,
            **tail(),
            "KAKUNIN_ID": "操作者ID",
            "KAKUNIN_YMD": w7("操作年月日"),
        },
    )


def _arrivals(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "TEN_JUKINET",
        rows,
        {
            "MOTO_CITY": "転出地_市区町村コード",
            "SAKUSEI_YMD": s8("転出証明書作成年月日"),
            "RENBAN": zeros("連番", 8),
            "HIMOZUKE": "申請紐付符号",
            "CS_ID": "転出証明書_操作者ID",
            "CS_TERM": "操作端末ID",
            "SHIN_CITY": "あたらしい住所_市区町村コード",
            "SHIN_JUSHO": "あたらしい住所",
            "KYU_CITY": "いままでの住所_市区町村コード",
            "KYU_JUSHO": "いままでの住所",
            "NUSHI": "いままでの世帯主氏名",
            "YAKUSHOKU": "代表者役職名",
            "DAIHYO": "代表者氏名",
            "TODOKE_YMD": s8("転出届出年月日"),
            "YOTEI_YMD": s8("転出予定年月日"),
            "NINZU": bare("対象となる人数"),
            "JUMINHYO_CD": bare("住民票コード"),
            "MY_NO": bare("個人番号"),
            "SHIMEI": "氏名",
            "KANA": narrow("氏名_フリガナ"),
            "UMARE_YMD": s8("生年月日"),
            "SEX": code("性別", codes.SEX),
            "ZOKU_CD": "続柄",
            "HON_CITY": "本籍_市区町村コード",
            "HON": "本籍",
            "HITTO": "筆頭者_氏名",
            "KOKUHO": "国民健康保険の資格",
            "TAISHOKU": "国民健康保険の退職区分",
            "NENKIN_NO": bare("基礎年金番号"),
            "NENKIN_SHU": "国民年金の種別",
            "JITE": "児童手当の有無",
            "KAIGO": "介護保険の有無",
            "KOUKI": "後期高齢者医療保険の有無",
            "JUSHIN_TS": s8("転出証明書作成年月日") + pl.lit("171500"),
            **tail(),
            "CS_SERIAL": pl.lit("S") + mix("n", salt=3, modulus=99_999_999).cast(pl.String).str.zfill(11),
            "INSATSU_CNT": (pl.col("n") % 3).cast(pl.String),
            "KAKUNIN_FLG": pl.lit("1"),
        },
    )


def _requests(truth: Truth, desks: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The requests of three kinds in one table, and the people in them, one row each."""
    kinds = ("ワンストップ特例転入を利用した転出情報管理", "転入予約情報管理", "転居予約情報管理")
    sexes = {"男": "M", "女": "F"}
    common: Fields = {
        "UKE_NO": "受付番号",
        "TODOKE_YMD": slashes("届出日"),
        "TEL": "届出人_連絡先",
        "TODOKENIN": "届出人_氏名",
        "UKE_STS": pl.lit("1"),
        **tail(),
        "IP_ADDR": pl.lit("192.0.2.") + (pl.col("n") % 250 + 1).cast(pl.String),
        "MEMO": pl.when(pl.col("n") % 5 == 0).then(pl.lit("電話で来庁日を確認済み")),
    }
    none: Fields = dict.fromkeys(
        (
            "HIMOZUKE",
            "YOTEI_YMD",
            "RAICHO_YMD",
            "RAICHO_BASHO",
            "TODOKE_SEX",
            "KYU_JUSHO",
            "SHIN_JUSHO",
            "NUSHI",
            "RIYO_SN",
        )
    )
    visit: Fields = {
        "RAICHO_YMD": slashes("来庁予定年月日"),
        "RAICHO_BASHO": code("来庁場所", desks),
        "NUSHI": "新しい世帯主氏名",
    }
    special: tuple[Fields, ...] = (
        {
            "HIMOZUKE": "申請紐付符号",
            "YOTEI_YMD": slashes("転出予定年月日"),
            "KYU_JUSHO": "いままでの住所",
            "SHIN_JUSHO": "新しい住所",
            "RIYO_SN": "届出人_カード用利用者証明用電子証明書_シリアル番号",
        },
        {"HIMOZUKE": "申請紐付符号", **visit},
        {
            "YOTEI_YMD": slashes("異動予定年月日"),
            "TODOKE_SEX": code("届出人_性別", sexes),
            "KYU_JUSHO": "今までの住所",
            "SHIN_JUSHO": "新住所",
            **visit,
        },
    )
    requests = [
        record("SHINSEI", numbered(truth[kind]), {**none, **common, "SHU": pl.lit(str(number)), **own})
        for number, (kind, own) in enumerate(zip(kinds, special, strict=True), start=1)
    ]
    alone = truth[kinds[0]].select(
        "受付番号",
        number=pl.lit(1),
        name="異動者_氏名",
        birth="異動者_生年月日",
        sex=code("異動者_性別", sexes),
        relation=pl.lit(None, dtype=pl.String),
    )
    people = [alone] + [
        truth[kind]
        .select(
            "受付番号",
            number=pl.lit(n),
            name=f"{n}人目の異動者_氏名",
            birth=_birth(truth[kind], n),
            sex=pl.lit("", dtype=pl.String),
            relation=f"{n}人目の異動者_新しい世帯主との続柄",
        )
        .filter(pl.col("name").is_not_null())
        for kind in kinds[1:]
        for n in range(1, MOVERS + 1)
    ]
    rows = numbered(pl.concat(people).sort("受付番号", "number"))
    movers = record(
        "SHINSEI_IDOSHA",
        rows,
        {
            "UKE_NO": "受付番号",
            "JUN_NO": zeros("number", 2),
            "SHIMEI": "name",
            "UMARE": wareki_dots("birth"),
            "SEX": "sex",
            "ZOKUGARA": "relation",
            "CARD_UMU": pl.when(pl.col("n") % 4 > 0).then(pl.lit("1")),
        },
    )
    return pl.concat(requests), movers


def _birth(requests: pl.DataFrame, number: int) -> pl.Expr:
    """Birth date of a person in a request; requests to move in have none."""
    name = f"{number}人目の異動者_生年月日"
    return pl.col(name) if name in requests.columns else pl.lit(None, dtype=pl.String)


def _special(rows: pl.DataFrame) -> pl.DataFrame:
    p = "特別永住者証明書_"
    return record(
        "TOKUEI",
        rows,
        {
            "KOJIN_NO": number10("宛名番号"),
            "RIREKI_NO": zeros("履歴番号", 3),
            "SAISHIN_FLG": flag("最新フラグ"),
            "KOFU_JOKYO": f"{p}交付状況",
            "JURI_NO": zeros(f"{p}申請書受理番号", 10),
            "SHOMEI_NO": "特別永住者証明書番号",
            "SHIMEI": f"{p}申請者_氏名",
            "UMARE": s8(f"{p}申請者_生年月日"),
            "TEL": f"{p}申請者_電話番号",
            "MACHI_CD": "machi",
            "BANCHI": f"{p}申請者_住所_番地号表記",
            "KATA_CD": f"{p}申請者_住所_方書コード",
            "KATA": f"{p}申請者_住所_方書",
            "KATA_KANA": narrow(f"{p}申請者_住所_方書_フリガナ"),
            "JIYU_CD": f"{p}申請事由コード",
            "SHINSEI_YMD": s8(f"{p}申請年月日"),
            "SHINSEI_BASHO": f"{p}申請場所コード",
            "SOFU_YMD": s8(f"{p}申請書送付年月日"),
            "JURYO_YMD": s8(f"{p}申請書受領年月日"),
            "KOFU_F_YMD": s8(f"{p}交付開始年月日"),
            "KOFU_T_YMD": s8(f"{p}交付終了年月日"),
            "KOFU_BASHO": f"{p}交付場所コード",
            "KYOKA_KBN": f"{p}許可区分",
            "MEMO": f"{p}関連メモ",
            "SHASHIN_FLG": pl.lit("1"),
            **tail(),
            "HOGOSHA": None,
            "KYU_NO": pl.when(pl.col("n") % 2 == 0).then(
                pl.lit("AB") + mix("n", salt=4, modulus=99_999_999).cast(pl.String).str.zfill(8) + pl.lit("CD")
            ),
        },
    )


def _offices(rows: pl.DataFrame) -> pl.DataFrame:
    return record(
        "BASHO_M",
        rows,
        {
            "BASHO_CD": "desk",
            "BASHO_MEI": "desk_name",
            "BUSHO_MEI": "department",
            "YUBIN": "postal",
            "JUSHO": "address",
            "TEL": "phone",
            "HYOJI_JUN": zeros("n", 2),
            "FAX": pl.lit("0834-00-000") + pl.col("n").cast(pl.String),
        },
    )


def _towns(world: World) -> pl.DataFrame:
    return record(
        "MACHI_M",
        world.towns,
        {
            "MACHI_CD": "vendor_code",
            "AZA_CD": "town_code",
            "KEN_MEI": pl.lit("山口県"),
            "SHI_MEI": pl.lit(world.municipality.city),
            "MACHI_MEI": "name",
            "MACHI_KANA": narrow("kana"),
            "YUBIN": "postal",
            "CHIKU": "district",
        },
    )
