"""A small layout of its own, written to disk, that a test can break in one place."""

from __future__ import annotations

from pathlib import Path

GROUPS = """order,group,slug,description,output,grain
1,住民,person,,必須,住民
2,車両,vehicle,,任意,車両
"""
ITEMS = """item_id,name,slug,group,pk,fk_ref,type,digits,code,repeat,output,\
required_when,definition,sample,control_total,pii
900P0001,宛名番号,atenabango,住民,1,,X,15,,,必須,,,12345,,personal
900P0002,氏名,shimei,住民,,,Ｎ,100,,,必須,,,佐藤　一郎,,personal
900P0003,性別,seibetsu,住民,,,X,1,001,,条件付き必須,"""
ITEMS += '''"""氏名"" IS NOT NULL",,1,,
900P0004,車両番号,sharyobango,車両,1,,X,15,,,必須,,,1,,
900P0005,所有者,shoyusha,車両,,900:住民.宛名番号,X,15,,,必須,,,12345,,personal
900P0006,排気量,haikiryo,車両,,,9V,"5,3",,,任意,,,0.658,,
900P0007,税額,zeigaku,車両,,,9,11,,,必須,,,12000,1,
900P0008,増減額,zogengaku,車両,,,S9,11,,,任意,,,-500,,
900P0009,登録日,torokubi,車両,,,DATE,10,,,任意,,,2020-04-01,,
'''
CODES = """code_id,code_name,value,label,note,pattern
001,性別,1,男,,
001,性別,2,女,,
002,色,*,その他,,^[0-9]{2}$
"""
RULES = """rule_id,group,severity,title,expr,basis
900R001,車両,error,税額は0以上,\"\"\"税額\"\" >= 0\",
"""
CROSS_RULES = """rule_id,severity,title,sql,basis
900X001,error,所有者がいる,\"SELECT v.\"\"車両番号\"\" FROM \"\"車両\"\" v LEFT JOIN \"\"住民\"\" p \
ON v.\"\"所有者\"\" = p.\"\"宛名番号\"\" WHERE p.\"\"宛名番号\"\" IS NULL\",
"""
FILES = {
    "groups.csv": GROUPS,
    "items.csv": ITEMS,
    "codes.csv": CODES,
    "rules.csv": RULES,
    "cross_rules.csv": CROSS_RULES,
}


class SmallLayout:
    """A root with one area 900; ``replace`` puts a mistake into one of its files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "900_small"
        self.folder.mkdir(parents=True)
        for name, text in FILES.items():
            (self.folder / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        (self.folder / name).write_text(text.replace(old, new), encoding="utf-8")
