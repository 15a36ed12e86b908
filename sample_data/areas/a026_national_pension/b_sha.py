"""Area 026 as B社 holds it: the fourteen NK tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from sample_data.areas.a026_national_pension.checks import MONTHS
from sample_data.areas.a026_national_pension.exemptions import SCHOOLS
from sample_data.areas.codebook import Codebook
from sample_data.b_sha.spell import deleted, hms, month5, narrow, record, slashes, w7
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
    sign_behind,
    text,
    yen,
    zeros,
)
from sample_data.world import World

code = Codebook(Path(__file__).parent / "b_sha_codes.csv")
OPEN = "9999999"
STUDENT = "2"
"""申請区分 of 学生納付特例."""


def tables(world: World, truth: Truth) -> Iterator[Table]:
    """The tables, one file after the other."""
    people = placed(truth["国民年金被保険者"])
    yield _file("NKDAI", "ALL", record("NKDAI", people, _member()))
    mailed = people.filter(pl.col("送付先_住所").is_not_null())
    yield _file("NKSOFU", "ALL", record("NKSOFU", mailed, _mail()))
    yield _file("NKIDO", "ALL", _history(placed(truth["資格異動履歴"])))
    for label, frame in parts(truth, "免除猶予申請"):
        student = pl.col("申請区分") == STUDENT
        yield _file("NKMENS", label, record("NKMENS", placed(frame.filter(~student)), _exemption()))
        yield _file("NKGAKU", label, record("NKGAKU", placed(frame.filter(student)), _student()))
    yield _file("NKGKKO", "ALL", _schools(world))
    plain: tuple[tuple[str, str, Callable[[], Fields], tuple[str, ...]], ...] = (
        ("NKMSHO", "免除所得情報", _incomes, ()),
        ("NKHOTE", "法定免除", _statutory, ()),
        ("NKFUKA", "付加保険料", _additional, ()),
        ("NKUKE", "届書受付", _receipt, ()),
        ("NKJUKY", "年金受給者", _beneficiary, ("NENGAKU",)),
        ("NKSAIT", "裁定請求受付", _claim, ()),
        ("NKNOFU", "納付記録", _payments, ("NOFU_TUKI", "MEN_TUKI", "KENNIN_GAKU")),
    )
    for name, group, fields, sums in plain:
        for label, frame in parts(truth, group):
            yield _file(name, label, record(name, placed(frame), fields()), sums)
        if name == "NKJUKY":
            paid = placed(truth[group].filter(pl.col("金融機関コード").is_not_null()))
            yield _file("NKKOZA", "ALL", record("NKKOZA", paid, _account()))


def _file(name: str, label: str, frame: pl.DataFrame, sums: tuple[str, ...] = ()) -> Table:
    """One file; the label of a year becomes R05, H30 or S63."""
    if label.isdigit():
        year = int(label)
        era, before = ("R", 2018) if year >= 2019 else ("H", 1988) if year >= 1989 else ("S", 1925)
        label = f"{era}{year - before:02d}"
    return Table(name, frame, f"{name}_{label}.csv", sums=sums)


def day7(item: str) -> pl.Expr:
    return w7(item, "0")


def month(item: str, empty: str = "0") -> pl.Expr:
    """YYYY-MM as era digit, year, month."""
    return pl.when(pl.col(item).is_not_null()).then(month5(item)).otherwise(pl.lit(empty))


def year3(item: str) -> pl.Expr:
    """A fiscal year as era digit and two digits, 昭和 included."""
    year = pl.col(item).cast(pl.Int64)
    coded = (
        pl.when(year >= 2019).then(year - 2018 + 500).when(year >= 1989).then(year - 1988 + 400).otherwise(year - 1625)
    )
    return coded.cast(pl.String)


def _tail() -> Fields:
    return {"UPD_USER": "操作者ID", "UPD_YMD": day7("操作年月日"), "UPD_TIME": hms("操作時刻")}


def _key() -> Fields:
    return {"DANTAI_CD": "市区町村コード", "ATENA_NO": bare("宛名番号")}


def _numbered(field: str, item: str, width: int) -> Fields:
    """Key, number and latest mark."""
    return {**_key(), field: zeros(item, width), "NEW_KBN": code("SAISIN", "最新フラグ")}


def _or_zero(item: str) -> pl.Expr:
    return pl.col(item).str.strip_chars_start("0").fill_null("0")


def _member() -> Fields:
    number = pl.col("基礎年金番号").fill_null("0000000000")
    return {
        **_key(),
        "KISO_NO1": number.str.slice(0, 4),
        "KISO_NO2": number.str.slice(4),
        "MIFU_FLG": on("基礎年金番号未付番フラグ"),
        "KYU_KIGO": own(1, 9_000, 4, 1_000, "3501-"),
        "KOJIN_NO": text("個人番号"),
        "SIMEI": "氏名",
        "KANA": narrow("氏名_フリガナ"),
        "SEIBETU": code("SEI", "性別"),
        "UMARE_YMD": day7("生年月日"),
        "UMARE_HYO": text("生年月日_不詳表記"),
        "SYUBETU": code("SYUBET", "被保険者種別"),
        "SYU_YMD": day7("資格取得年月日"),
        "SYU_JIYU": code("SYUTOK", "資格取得事由"),
        "SOS_YMD": w7("資格喪失年月日", OPEN),
        "SOS_JIYU": code("SOSITU", "資格喪失事由"),
        "SHOKAI_YMD": day7("初回資格取得年月日"),
        "FUKA_KBN": code("FUKAKU", "付加区分"),
        "KOZA_FLG": on("口座振替フラグ"),
        "GAIJIN_FLG": on("外国人フラグ"),
        "HAI_ATENA": _or_zero("配偶者_宛名番号"),
        "HAI_KISO": pl.col("配偶者_基礎年金番号").fill_null("0000000000"),
        "TUTI_KBN": code("TETYO", "通知書交付区分"),
        "FUZAI_FLG": on("不在フラグ"),
        "TIKU_CD": own(2, 60, 4),
        "TOKUBETU_MEMO": own(3, 20, 2, 1, "ﾒﾓ"),
        "TEL_NO": own(4, 9_000, 4, 1_000, "0834-22-"),
        **_tail(),
    }


def _mail() -> Fields:
    return {
        **_key(),
        "SOFU_YUBIN": postal("送付先_住所_郵便番号"),
        "SOFU_JUSYO": "送付先_住所",
        "SOFU_KIGEN": pl.lit(OPEN),
    }


def _history(rows: pl.DataFrame) -> pl.DataFrame:
    fields: Fields = {
        **_numbered("RIREKI_NO", "異動履歴番号", 3),
        "SAKUJO_FLG": None,
        "IDO_SYU": code("IDOSYU", "異動種別"),
        "IDO_YMD": day7("異動年月日"),
        "MAE_SYU": code("SYUBET", "異動前種別"),
        "GO_SYU": code("SYUBET", "異動後種別"),
        "SYU_JIYU": code("SYUTOK", "資格取得事由"),
        "SOS_JIYU": code("SOSITU", "資格喪失事由"),
        "TODOKE_YMD": day7("届出年月日"),
        "SYOKKEN": on("職権フラグ"),
        "NINI_YMD": day7("任意加入申出年月日"),
        "SYORI_YMD": day7("処理年月日"),
        "KAKUNIN_YMD": day7("機構確認年月日"),
        "HOKOKU_NO": own(5, 90_000_000, 8),
        "JIMUSYO_CD": own(6, 4, 4, 3_501),
        **_tail(),
    }
    gone = pl.col("SAKUJO_FLG") == "1"
    return deleted(record("NKIDO", rows, fields), "RIREKI_NO", 421).with_columns(
        pl.when(gone).then(pl.lit("0")).otherwise("NEW_KBN").alias("NEW_KBN")
    )


def _asked() -> Fields:
    """What the two tables of applications have in common."""
    return {
        **_numbered("SIN_NO", "申請番号", 5),
        "NENDO": year3("申請年度"),
        "SIN_YMD": day7("申請年月日"),
        "RIYU": code("RIYU", "申請理由"),
        "TAI_ST": month("対象開始年月"),
        "TAI_ED": month("対象終了年月"),
        "KEKKA": code("KEKKA", "審査結果区分"),
        "SYO_ST": month("承認開始年月"),
        "SYO_ED": month("承認終了年月"),
        "KYAKKA": text("却下理由"),
        "KEKKA_YMD": day7("審査結果年月日"),
        "SINTATU_YMD": day7("機構進達年月日"),
        **_tail(),
    }


def _exemption() -> Fields:
    granted = pl.col("承認開始年月").is_not_null()
    return {
        **_asked(),
        "SITU_TAI": code("TAISYO", "失業特例対象者区分"),
        "SITU_YMD": day7("失業年月日"),
        "KEIZOKU": on("継続審査希望フラグ"),
        "KIBO_KBN": code("KIBO", "納付猶予希望区分"),
        "SYO_KBN": code("SYONIN", "承認免除区分"),
        "TUKI_FLG": pl.when(granted).then(pl.lit("1" * 12)).otherwise(pl.lit("0" * 12)),
        "UKE_KANRI": own(7, 9_000_000, 10),
    }


def _student() -> Fields:
    names = [name for _, name, _ in SCHOOLS]
    return {
        **_asked(),
        "GAKKO_CD": pl.col("学校名称").replace_strict(names, [c for c, _, _ in SCHOOLS], return_dtype=pl.String),
        "GAKUNEN": yen("学年"),
        "SYURYO_YM": month("在学終了予定年月"),
        "GAKUSEI_NO": own(8, 900_000, 10),
        "SYOMEI_KBN": own(9, 2, 1, 1),
    }


def _schools(world: World) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"code": [s[0] for s in SCHOOLS], "name": [s[1] for s in SCHOOLS], "kind": [s[2] for s in SCHOOLS]}
    )
    return record(
        "NKGKKO",
        placed(rows),
        {
            "DANTAI_CD": pl.lit(world.code),
            "GAKKO_CD": "code",
            "GAKKO_MEI": "name",
            "GAKKO_SYU": code("GAKKO", "kind"),
            "GAKKO_KANA": own(10, 90, 2, 1, "ｶﾞｯｺｳ"),
        },
    )


def _incomes() -> Fields:
    return {
        **_key(),
        "NENDO": year3("申請年度"),
        "SIN_NO": zeros("申請番号", 5),
        "TAI_KBN": code("TAISYO", "対象者区分"),
        "TAI_ATENA": bare("対象者_宛名番号"),
        "SYOTOKU_NEN": year3("所得年"),
        "KAKUNIN": code("KAKUNI", "所得確認区分"),
        "GOKEI_SYO": sign_behind("合計所得金額", 12),
        "FUYO_SU": zeros("扶養親族数", 2),
        "FUYO_ROJIN": zeros("老人扶養親族数", 2),
        "FUYO_TOKU": zeros("特定扶養親族数", 2),
        "SYOGAI": code("SYOGAI", "障害者控除区分"),
        "KAFU": code("KAFU", "寡婦ひとり親区分"),
        "KOJO_GAKU": yen("雑損医療費等控除額"),
        "KAZEI": code("KAZEI", "市町村民税課税区分"),
        "TOKUREI": on("特例該当フラグ"),
        "HANTEI_GAKU": own(11, 3_000_000, 1),
        "KEISAN_YMD": day7("操作年月日"),
        **_tail(),
    }


def _statutory() -> Fields:
    return {
        **_numbered("HOTE_NO", "法定免除番号", 5),
        "RIYU": code("HOTERI", "法定免除理由"),
        "GAITO_YMD": day7("該当年月日"),
        "GAITO_TODO": day7("該当届出年月日"),
        "MEN_ST": month("免除開始年月"),
        "SYOMETU_YMD": w7("消滅年月日", OPEN),
        "SYOMETU_TODO": day7("消滅届出年月日"),
        "MEN_ED": month("免除終了年月"),
        "NOFU_FLG": on("納付申出フラグ"),
        "NOFU_ST": month("納付申出開始年月"),
        "NOFU_ED": month("納付申出終了年月"),
        "SINTATU_YMD": day7("機構進達年月日"),
        "SYOMEI_YMD": day7("該当届出年月日"),
        **_tail(),
    }


def _additional() -> Fields:
    return {
        **_numbered("FUKA_NO", "付加申出番号", 5),
        "MOSI_YMD": day7("付加申出年月日"),
        "FUKA_ST": month("付加納付開始年月"),
        "FUKA_ED": month("付加納付終了年月", "99999"),
        "SYU_JIYU": code("FUKASY", "付加終了事由"),
        "JITAI_YMD": day7("付加辞退申出年月日"),
        "NOGYO_FLG": on("農業者年金加入フラグ"),
        "SINTATU_YMD": day7("機構進達年月日"),
        "FUKA_GAKU": pl.lit("400"),
        "KOZA_KBN": own(12, 3, 1, 1),
        **_tail(),
    }


def _receipt() -> Fields:
    return {
        **_key(),
        "UKE_NEN": year3("受付年度"),
        "BASYO_CD": "受付場所コード",
        "UKE_NO": pl.col("受付番号").str.slice(4),
        "TODO_SYU": code("TODOKE", "届書種類"),
        "UKE_YMD": slashes("受付年月日"),
        "HOHO": code("HOHO", "受付方法"),
        "TODO_KBN": code("TODOSY", "届出者区分"),
        "TODO_SIMEI": text("届出者_氏名"),
        "JIJITU_YMD": slashes("事実発生年月日"),
        "SIN_KBN": code("SINTAT", "進達区分"),
        "SIN_HOHO": code("SINHO", "進達方法"),
        "SIN_YMD": slashes("進達年月日"),
        "SIN_NO": bare("進達番号"),
        "HENREI_YMD": slashes("返戻年月日"),
        "HENREI_RIYU": text("返戻理由"),
        "SAISIN_YMD": slashes("再進達年月日"),
        "TANTO_CD": own(13, 60, 4),
        "INSATU_FLG": own_flag(14, 2),
        **_tail(),
    }


def _beneficiary() -> Fields:
    number = pl.col("基礎年金番号")
    return {
        **_numbered("JUKYU_NO", "受給履歴番号", 3),
        "NEN_SYU": code("NENSYU", "年金種別"),
        "KISO_NO": (number.str.slice(0, 4) + pl.lit("-") + number.str.slice(4)).fill_null(""),
        "NENKIN_CD": text("年金コード"),
        "SYOSYO_NO": text("年金証書番号"),
        "JUKYU_YMD": day7("受給権発生年月日"),
        "SIKYU_YM": month("支給開始年月"),
        "TOKYU": code("TOKYU", "障害等級"),
        "SINDAN_YM": month("次回診断書提出年月"),
        "KO_SU": zeros("加算対象子数", 2),
        "NENGAKU": yen("年金年額"),
        "TEISI_KBN": code("TEISI", "支給停止区分"),
        "TEISI_YM": month("支給停止開始年月"),
        "SIKKEN_YMD": w7("失権年月日", OPEN),
        "SIKKEN_JIYU": code("SIKKEN", "失権事由"),
        "SYOJO_YMD": day7("所得状況届提出年月日"),
        "TYOSA_FLG": own_flag(15, 3),
        "HUSOKU_KBN": own(16, 4, 1),
        **_tail(),
    }


def _account() -> Fields:
    return {
        **_key(),
        "NEN_SYU": code("NENSYU", "年金種別"),
        "JUKYU_NO": zeros("受給履歴番号", 3),
        "BANK_CD": "金融機関コード",
        "SITEN_CD": "支店コード",
        "YOKIN": code("YOKIN", "口座種別"),
        "KOZA_NO": "口座番号",
        "MEIGI_KANA": own(17, 9_000, 4, 1_000, "ﾒｲｷﾞ"),
    }


def _claim() -> Fields:
    return {
        **_key(),
        "SEIKYU_NO": zeros("請求番号", 5),
        "NEN_SYU": code("NENSYU", "年金種別"),
        "SEIKYU_YMD": day7("請求年月日"),
        "SEIKYUSYA": bare("請求者_宛名番号"),
        "SIBOSYA": _or_zero("死亡者_宛名番号"),
        "SIBO_YMD": day7("死亡年月日"),
        "SYOSIN_YMD": day7("初診年月日"),
        "NINTEI_YMD": day7("障害認定年月日"),
        "SEIKYU_KBN": code("SEIKYU", "請求区分"),
        "SINTATU_YMD": day7("機構進達年月日"),
        "KETTEI": code("KEKKA", "決定区分"),
        "KETTEI_YMD": day7("決定年月日"),
        "FUSIKYU": text("不支給理由"),
        "SYORUI_SU": own(18, 9, 2, 1),
        "BIKO": own(19, 30, 2, 1, "備考"),
        **_tail(),
    }


def _payments() -> Fields:
    return {
        **_key(),
        "NENDO": year3("納付年度"),
        "TUKI_MARK": pl.concat_str([code("NOFUJO", f"納付状況_{name}") for name in MONTHS]),
        "NOFU_TUKI": zeros("納付月数", 2),
        "MEN_TUKI": zeros("免除月数", 2),
        "KENNIN_GAKU": yen("検認額"),
        "KENNIN_IN": own(20, 60, 2),
        "MICRO_NO": own(21, 900_000, 7),
        **_tail(),
    }
