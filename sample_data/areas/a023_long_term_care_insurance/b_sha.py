"""Area 023 as B社 holds it: the sixteen KG tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.a023_long_term_care_insurance.register import FACILITIES, city_of
from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, month5, narrow, record, s8, stamp, w7
from sample_data.plugin import Table, Truth
from sample_data.tax.vendor import (
    Fields,
    bare,
    on,
    own,
    own_flag,
    parts,
    placed,
    side_by_side,
    text,
    year3,
    yen,
    yen_signed,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
OPEN = "9999999"
_TAIL: Fields = {"UPD_USER": "操作者ID", "UPD_DT": stamp()}
_PENSION = ("KARI_04", "KARI_06", "KARI_08", "HON_10", "HON_12", "HON_02")
_PENSION_ITEMS = (
    "仮徴収額_4月",
    "仮徴収額_6月",
    "仮徴収額_8月",
    "本徴収額_10月",
    "本徴収額_12月",
    "本徴収額_2月",
)
_SLOT = ["調定額", "納期限", "徴収年月", "収納済額", "還付未済額", "督促状発送年月日", "不納欠損額"]


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    register = placed(truth["被保険者資格情報"])
    yield _file("KGSIKA", "ALL", _register(register))
    some = pl.col("住所地特例適用年月日").is_not_null() | (pl.col("被保険者区分") == "2")
    yield _file("KGJUTK", "ALL", record("KGJUTK", register.filter(some), _special()))
    yield _file("KGSISE", "ALL", record("KGSISE", placed(truth["施設入退所情報"]), _stays()))
    yield _file("KGJIGM", "ALL", _facilities(world))
    papers = truth["要介護認定情報"]
    yield _file("KGSINS", "ALL", record("KGSINS", placed(papers), _applications()))
    results = papers.filter(pl.col("一次判定年月日").is_not_null()).with_columns(
        _no=pl.int_range(1, pl.len() + 1).over("被保険者番号")
    )
    yield _file("KGNINT", "ALL", record("KGNINT", placed(results), _results()))
    plain: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("KGKYOT", "居宅サービス計画届出情報", _plans, ()),
        ("KGFUTW", "負担割合情報", _shares, ()),
        ("KGGEND", "負担限度額認定情報", _limits, ()),
        ("KGSEIG", "給付制限情報", _restrictions, ("TAINO_GAKU", "SASI_GAKU")),
        ("KGFUKA", "賦課情報", _levies, ("NEN_GAKU", "TOKU_GAKU", "FUTU_GAKU", "GEN_GAKU")),
        ("KGSHOT", "賦課情報", _stages, ()),
        ("KGTOKC", "特別徴収情報", _withheld, _PENSION),
        ("KGGENM", "減免・徴収猶予情報", _reliefs, ("GEN_GAKU",)),
        ("KGJISK", "給付実績情報", _benefits, ("TANI", "SEIKYU", "FUTAN", "KOHI")),
    )
    for name, group, fields, sums in plain:
        for label, frame in parts(truth, group):
            yield _file(name, label, record(name, placed(frame), fields()), sums)
        if name == "KGSHOT":
            for label, frame in parts(truth, "期別賦課情報"):
                yield _file("KGKIBT", label, _installments(frame), ("K01_GAKU", "T1_GAKU", "T4_GAKU"))


def _file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    """One file; the label of a year becomes R05, or H30 before 令和."""
    if label.isdigit():
        label = f"R{int(label) - 2018:02d}" if int(label) >= 2019 else f"H{int(label) - 1988:02d}"
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def _key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "HIHO_NO": bare("被保険者番号")}


def _person(serial: str | None = "履歴番号") -> Fields:
    """Key, history number, latest mark and 宛名番号 of most tables."""
    fields = {**_key(), "ATENA_NO": bare("宛名番号"), "NEW_FLG": on("最新フラグ")}
    return fields if serial is None else {**fields, "RIREKI_NO": zeros(serial, 3)}


def _or_zero(item: str) -> pl.Expr:
    """A number without its leading zeros, 0 where there is none."""
    return pl.col(item).str.strip_chars_start("0").fill_null("0")


def _register(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        **_person(),
        "SAKUJO_FLG": pl.lit("0"),
        "HOKENSYA_NO": "証記載保険者番号",
        "HIHO_KBN": code("HIHOKBN", "被保険者区分"),
        "SYU_JIYU": code("SYUJIYU", "資格取得事由"),
        "SYU_YMD": w7("資格取得年月日"),
        "SYU_TODO_YMD": w7("資格取得届出年月日"),
        "ITIGO_YMD": w7("第1号該当年月日"),
        "IDO_JIYU": code("IDOJIYU", "異動事由"),
        "IDO_YMD": w7("異動年月日"),
        "SOS_YMD": w7("資格喪失年月日", OPEN),
        "SOS_JIYU": code("SOSJIYU", "資格喪失事由"),
        "SOS_TODO_YMD": w7("資格喪失届出年月日"),
        "KYU_CD": code("KYUSI", "旧市区町村コード"),
        "ROFUKU_FLG": on("老齢福祉年金受給フラグ"),
        "SEIHO_FLG": on("生活保護受給フラグ"),
        "SYO_JIYU": code("SYOJIYU", "被保険者証交付事由"),
        "SYO_YMD": w7("被保険者証交付年月日"),
        "SYO_KAI_YMD": w7("被保険者証回収年月日"),
        "SYO_KAISU": own(1, 5, 2, 1),
        "TIKU_CD": own(2, 60, 4),
        "RENRAKU_TEL": own(3, 9_000, 4, 1_000, "0834-22-"),
        **_TAIL,
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("KGSIKA", rows, fields), "RIREKI_NO").with_columns(
        pl.when(gone).then(pl.lit("")).otherwise("NEW_FLG").alias("NEW_FLG")
    )


def _special() -> Fields:
    return {
        **_key(),
        "RIREKI_NO": zeros("履歴番号", 3),
        "JUTOKU_FLG": on("住所地特例フラグ"),
        "JUTOKU_YMD": w7("住所地特例適用年月日"),
        "KAIJO_YMD": w7("住所地特例解除年月日"),
        "IRYO_SYU": code("IRYO", "医療保険種別"),
        "IRYO_NO": text("医療保険者番号"),
        "RENRAKU_FLG": own_flag(4, 3),
    }


def _stays() -> Fields:
    names = [f.name for f in FACILITIES]
    return {
        **_person(),
        "HIHO_NO": _or_zero("被保険者番号"),
        "DAI_KBN": code("DAIKBN", "台帳種別"),
        "SISETU_CD": pl.col("施設名称").replace_strict(names, [f.code for f in FACILITIES], return_dtype=pl.String),
        "NYU_YMD": w7("入所年月日"),
        "TAI_YMD": w7("退所年月日", OPEN),
        "HOKENSYA_NO": text("保険者番号"),
        "RENRAKU_KAISU": own(5, 4, 2),
        "KYOSITU_KBN": own(6, 3, 1, 1),
        **_TAIL,
    }


def _facilities(world: World) -> pl.DataFrame:
    kinds = pl.DataFrame(
        {
            "code": [f.code for f in FACILITIES],
            "kind": [f.kind for f in FACILITIES],
            "number": [f.number for f in FACILITIES],
            "name": [f.name for f in FACILITIES],
            "city": [city_of(f, world) for f in FACILITIES],
        }
    )
    name = pl.col("name").str.replace_many(["株式会社", "有限会社"], ["㈱", "㈲"])
    return record(
        "KGJIGM",
        placed(kinds),
        {
            "DANTAI_CD": pl.lit(world.code),
            "JIGYO_CD": "code",
            "SISETU_SYU": code("SISETU", "kind"),
            "JIGYO_NO": text("number"),
            "JIGYO_MEI": name,
            "SYOZAI_CD": "city",
            "TEL_NO": own(7, 9_000, 4, 1_000, "0834-31-"),
            "HAISI_FLG": own_flag(8, 11),
        },
    )


def _applications() -> Fields:
    return {
        **_person(None),
        "SINSEI_NO": "申請書管理番号",
        "SIN_YMD": s8("申請年月日", ""),
        "SIN_KBN": code("SINKBN", "申請区分"),
        "SINSYA_KBN": code("SINSYA", "申請者区分"),
        "HIHO_KBN": code("HIHOKBN", "被保険者区分"),
        "SIPPEI_CD": code("SIPPEI", "特定疾病コード", "00"),
        "ZEN_KAIGO": code("KAIGODO", "前回要介護状態区分"),
        "TYOSA_YMD": s8("認定調査実施年月日", ""),
        "IKEN_YMD": s8("主治医意見書受領年月日", ""),
        "ISI_CD": text("主治医医療機関コード"),
        "SYORI_KBN": code("SYORI", "処理結果"),
        "TORI_YMD": s8("取下却下年月日", ""),
        "TYOSA_ITAKU": own(9, 2, 1, 1),
        "SIKAKU_SYO": own_flag(10, 4),
        "YOSO_YMD": s8("申請年月日", ""),
        **_TAIL,
    }


def _results() -> Fields:
    return {
        **_key(),
        "NINTEI_NO": zeros("_no", 3),
        "SINSEI_NO": "申請書管理番号",
        "ITIJI_YMD": s8("一次判定年月日", ""),
        "ITIJI_KEKKA": code("KAIGODO", "一次判定結果"),
        "KIJUN_JIKAN": (pl.col("要介護認定等基準時間") * 10).cast(pl.Int64).cast(pl.String).str.zfill(5).fill_null(""),
        "NETAKIRI": code("NETAKI", "障害高齢者自立度"),
        "NINTISYO": code("NINTI", "認知症高齢者自立度"),
        "GOGI_NO": text("合議体番号"),
        "NIJI_YMD": s8("二次判定年月日", ""),
        "KAIGODO": code("KAIGODO", "要介護状態区分"),
        "NINTEI_YMD": s8("認定年月日", ""),
        "YUKO_ST": s8("認定有効期間開始年月日", ""),
        "YUKO_ED": s8("認定有効期間終了年月日", ""),
        "YUKO_TUKI": zeros("認定有効期間月数", 2),
        "GENDO_TANI": yen("区分支給限度単位数"),
        "IKEN_BUN": text("審査会意見"),
        "TORIKESI_YMD": s8("認定取消年月日", ""),
        "SYO_INJI": own(11, 2, 1, 1),
        "KOHO_KBN": own(12, 3, 1),
    }


def _plans() -> Fields:
    return {
        **_person(),
        "TODO_KBN": code("TODOKBN", "届出区分"),
        "TODO_YMD": w7("届出年月日"),
        "SAKU_KBN": code("SAKUSEI", "計画作成区分"),
        "JIGYO_NO": text("事業所番号"),
        "JIGYO_MEI": narrow("事業所名称"),
        "ITAKU_NO": text("委託先事業所番号"),
        "TEKI_ST": w7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日", OPEN),
        "TANTO_KANA": own(13, 40, 2, 1, "ﾀﾝﾄｳ "),
        "KEIKAKU_FLG": own_flag(14, 2),
        **_TAIL,
    }


def _shares() -> Fields:
    return {
        **_person(),
        "NENDO": year3("年度"),
        "KYUFU_RITU": code("KYURITU", "負担割合"),
        "TEKI_ST": w7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日"),
        "HANTEI_JIYU": code("HANTEI", "判定事由"),
        "HON_SYO": yen_signed("本人合計所得金額"),
        "SETAI_SYU": yen_signed("世帯収入等合計額"),
        "ITIGO_SU": zeros("世帯第1号被保険者数", 2),
        "HANTEI_YMD": w7("判定年月日"),
        "KOFU_YMD": w7("負担割合証交付年月日"),
        "HAKKO_NO": own(15, 90_000_000, 8),
        "SAIHAKKO_FLG": own_flag(16, 30),
        **_TAIL,
    }


def _limits() -> Fields:
    rooms = {
        "KYO_UNIT": "ユニット型個室",
        "KYO_TASYO_U": "ユニット型個室的多床室",
        "KYO_TOKUYO": "従来型個室特養",
        "KYO_ROKEN": "従来型個室老健",
        "KYO_TASYO": "多床室",
    }
    return {
        **_person(),
        "SIN_YMD": w7("申請年月日"),
        "KETTEI": code("KETTEI", "決定結果"),
        "KETTEI_YMD": w7("決定年月日"),
        "KYAKKA_JIYU": code("KYAKKA", "却下事由"),
        "TEKI_ST": w7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日"),
        "DANKAI": code("FUDAN", "利用者負担段階"),
        "SYOKU_SI": yen("食費負担限度額_施設"),
        "SYOKU_TAN": yen("食費負担限度額_短期入所"),
        **{field: yen(f"居住費限度額_{item}") for field, item in rooms.items()},
        "HAI_ATENA": _or_zero("配偶者_宛名番号"),
        "YOTYO": (pl.col("預貯金等額") // 1000).cast(pl.String).fill_null(""),
        "HIKA_NEN": yen("非課税年金額"),
        "KOFU_YMD": w7("認定証交付年月日"),
        "TUTI_KBN": own(17, 3, 1, 1),
        "SYOSIKI_VER": own(18, 3, 2, 1),
        **_TAIL,
    }


def _restrictions() -> Fields:
    return {
        **_person(),
        "SEI_SYU": code("SEIGEN", "給付制限種別"),
        "JOTAI": code("SEIJO", "登録状態"),
        "YOKOKU_YMD": w7("予告通知年月日"),
        "BENMEI_YMD": w7("弁明期限年月日"),
        "KETTEI_YMD": w7("決定年月日"),
        "TEKI_ST": w7("適用開始年月日"),
        "TEKI_ED": w7("適用終了年月日", OPEN),
        "GEN_TUKI": zeros("給付減額期間月数", 3),
        "GEN_RITU": yen("減額後給付率"),
        "TAINO_GAKU": yen("滞納保険料額"),
        "SASI_GAKU": yen("差止額"),
        "KAI_YMD": w7("解除年月日"),
        "KAI_JIYU": code("KAIJIYU", "解除事由"),
        "SAIKOKU_KAI": own(19, 6, 2),
        "BENMEI_FLG": own_flag(20, 5),
        **_TAIL,
    }


def _levies() -> Fields:
    return {
        **_person(None),
        "SOTO_NEN": year3("相当年度"),
        "KOSEI_NO": yen("更正履歴番号"),
        "FUKA_NEN": year3("賦課年度"),
        "TUTI_NO": bare("通知書番号"),
        "FUKA_YMD": w7("賦課期日"),
        "FUKA_ST": month5("賦課開始年月"),
        "FUKA_ED": month5("賦課終了年月"),
        "FUKA_TUKI": zeros("賦課月数", 2),
        "SETAI_NO": _or_zero("世帯番号"),
        "RITU_GAKU": zeros("保険料率年額", 7),
        "SAN_GAKU": zeros("算出保険料額", 9),
        "GEN_GAKU": zeros("減免額", 9),
        "NEN_GAKU": zeros("年間保険料額", 9),
        "TOKU_GAKU": zeros("特別徴収額", 9),
        "FUTU_GAKU": zeros("普通徴収額", 9),
        "TYO_HOHO": code("TYOHOHO", "徴収方法"),
        "KARI_GAKU": zeros("仮徴収額", 9),
        "KOSEI_JIYU": code("KOSEI", "更正事由"),
        "KETTEI_YMD": w7("賦課決定年月日"),
        "HASSO_YMD": w7("通知書発送年月日"),
        "SIM_NO": own(21, 900_000, 6),
        "SABUN_GAKU": own(22, 900, 7, 0, "00"),
        **_TAIL,
    }


def _stages() -> Fields:
    used = pl.col("賦課月数").cast(pl.Int64)
    return {
        **_key(),
        "SOTO_NEN": year3("相当年度"),
        "KOSEI_NO": yen("更正履歴番号"),
        "DANKAI": code("DANKAI", "所得段階"),
        "HON_KAZEI": code("KAZEI", "本人課税区分"),
        "SETAI_KAZEI": code("KAZEI", "世帯課税区分"),
        "GOKEI_SYO": yen_signed("合計所得金額"),
        "NENKIN_SYU": yen("公的年金等収入金額"),
        "ROFUKU_FLG": on("老齢福祉年金受給フラグ"),
        "SEIHO_FLG": on("生活保護受給フラグ"),
        "KYOKAI_FLG": on("境界層該当フラグ"),
        "TUKI_DANKAI": pl.concat_str([pl.when(used > k).then("所得段階").otherwise(pl.lit("00")) for k in range(12)]),
        "TUKI_SIKAKU": pl.concat_str([pl.when(used > k).then(pl.lit("1")).otherwise(pl.lit("0")) for k in range(12)]),
    }


def _installments(rows: pl.DataFrame) -> pl.DataFrame:
    """One record a person and year: ordinary periods 1 to 10, irregular ones 11, 12, pension payments as 13 to 18."""
    period = pl.col("期別").cast(pl.Int64)
    slot = pl.when(pl.col("徴収区分") == "2").then(period + 12).otherwise(period)
    wide = placed(side_by_side(rows, ["相当年度", "被保険者番号"], slot, 18, _SLOT))
    fields: dict[str, pl.Expr | str | None] = {
        **_key(),
        "SOTO_NEN": year3("相当年度"),
        "ATENA_NO": bare("宛名番号"),
        "FUKA_NEN": year3("賦課年度"),
        "TUTI_NO": bare("通知書番号"),
        "KURI_FLG": own_flag(23, 40),
        **_TAIL,
    }
    for k in range(1, 13):
        name = f"K{k:02}_" if k <= 10 else f"Z{k}_"
        given = pl.col(f"納期限|{k}").is_not_null()
        fields |= {
            name + "GAKU": zeros9(f"調定額|{k}"),
            name + "NOKI": w7(f"納期限|{k}"),
            name + "YM": month5(f"徴収年月|{k}"),
            name + "SYU": zeros9(f"収納済額|{k}"),
            name + "KANP": zeros9(f"還付未済額|{k}"),
            name + "TOKY": w7(f"督促状発送年月日|{k}"),
            name + "KESS": zeros9(f"不納欠損額|{k}"),
            name + "HOHO": pl.when(given).then(own(24 + k, 2, 1, 1)).otherwise(pl.lit("")),
        }
    for k in range(1, 7):
        fields |= {
            f"T{k}_GAKU": zeros9(f"調定額|{k + 12}"),
            f"T{k}_YM": month5(f"徴収年月|{k + 12}"),
            f"T{k}_SYU": zeros9(f"収納済額|{k + 12}"),
            f"T{k}_KANP": zeros9(f"還付未済額|{k + 12}"),
        }
    return record("KGKIBT", wide, fields)


def zeros9(item: str) -> pl.Expr:
    """An amount of nine digits; zeros where there is none."""
    return pl.col(item).fill_null(0).cast(pl.String).str.zfill(9)


def _withheld() -> Fields:
    number = pl.col("基礎年金番号")
    return {
        **_person(),
        "FUKA_NEN": year3("賦課年度"),
        "KISO_NO": number.str.slice(0, 4) + pl.lit("-") + number.str.slice(4),
        "NENKIN_CD": "年金コード",
        "GIMU_CD": "特別徴収義務者コード",
        "JOTAI": code("TOKJOT", "特別徴収状態"),
        "KAISI_YM": month5("特別徴収開始年月"),
        "NENKIN_GAKU": yen("特別徴収対象年金額"),
        **{field: zeros(item, 7) for field, item in zip(_PENSION, _PENSION_ITEMS, strict=True)},
        "IRAI_YMD": w7("徴収依頼年月日"),
        "TYUSI_YMD": w7("特別徴収中止年月日"),
        "TYUSI_JIYU": code("TYUSI", "特別徴収中止事由"),
        "KEKKA_CD": own(37, 4, 2),
        "TUTI_NAIYO": own(38, 3, 2, 1),
        **_TAIL,
    }


def _reliefs() -> Fields:
    return {
        **_key(),
        "SOTO_NEN": year3("相当年度"),
        "SIN_REN": zeros("申請連番", 3),
        "ATENA_NO": bare("宛名番号"),
        "GY_KBN": code("GENYU", "減免猶予区分"),
        "SIN_YMD": w7("申請年月日"),
        "SIN_JIYU": code("GENJIYU", "申請事由"),
        "KETTEI": code("KETTEI", "決定結果"),
        "KETTEI_YMD": w7("決定年月日"),
        "WARIAI": (pl.col("減免割合") * 100).cast(pl.Int64).cast(pl.String).str.zfill(5).fill_null(""),
        "MAE_GAKU": yen("減免前保険料額"),
        "GEN_GAKU": yen("減免額"),
        "YUYO_ST": w7("猶予開始年月日"),
        "YUYO_ED": w7("猶予終了年月日"),
        "TORI_YMD": w7("取消年月日"),
        "BUNSYO_NO": own(39, 900, 6),
        "KESSAI_KBN": own(40, 3, 1, 1),
        **_TAIL,
    }


def _benefits() -> Fields:
    return {
        **_key(),
        "TEIKYO_YM": pl.col("サービス提供年月").str.replace("-", "", literal=True),
        "JIGYO_NO": "事業所番号",
        "SYURUI": "サービス種類コード",
        "SIKI_NO": "入力識別番号",
        "SEIRI_NO": bare("整理番号"),
        "ATENA_NO": bare("宛名番号"),
        "JISK_KBN": code("JISK", "給付実績区分"),
        "SAKU_KBN": code("SAKU", "作成区分"),
        "KAIGODO": code("KAIGODO", "要介護状態区分"),
        "SINSA_YM": pl.col("審査年月").str.replace("-", "", literal=True),
        "KYUFU_RITU": zeros("給付率", 3),
        "NISSU": zeros("サービス日数", 2),
        "TANI": yen("サービス単位数"),
        "TANKA": (pl.col("単位数単価") * 100).cast(pl.Int64).cast(pl.String).str.zfill(4).fill_null(""),
        "SEIKYU": yen("保険請求額"),
        "FUTAN": yen("利用者負担額"),
        "KOHI": yen("公費請求額"),
        "TOKUNYU": yen("特定入所者給付額"),
        "KEIKAKU_TANI": own(41, 30_000, 5),
        "TOTYAKU_NO": own(42, 9_000_000_000, 10),
        **_TAIL,
    }
