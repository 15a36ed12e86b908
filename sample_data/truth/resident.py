"""Area 001 住民基本台帳: all groups of the truth."""

from __future__ import annotations

import polars as pl

from sample_data.plugin import Context
from sample_data.truth import counter, history, requests, support
from sample_data.world import World


def truth(world: World, ctx: Context) -> dict[str, pl.DataFrame]:
    """The 22 groups of the resident register in standard form."""
    issued = counter.certificates(world)
    registered, letters = support.notices(world, issued)
    cards, chips = counter.cards(world)
    initial, forwarded = support.applications(world)
    return {
        "住民情報": history.history(world),
        "統合記載欄C類型管理": support.remarks(world),
        "通称履歴管理": support.aliases(world),
        "住民基本台帳_抑止設定管理": support.suppressions(world),
        "電子証明情報": chips,
        "メモ情報": support.memos(world),
        "本人通知制度情報": registered,
        "本人通知制度通知書情報": letters,
        "支援措置対象者情報": support.support_subjects(world),
        "支援措置申出書情報（当初受付）": initial,
        "支援措置申出書情報（転送受付）": forwarded,
        "世帯主転出後の続柄情報": counter.relations_left(world),
        "転出証明証等発行情報": counter.moving_certificates(world),
        "転出証明書情報管理": requests.arrivals(world),
        "ワンストップ特例転入を利用した転出情報管理": requests.moving_out(world),
        "転入予約情報管理": requests.moving_in(world),
        "転居予約情報管理": requests.moving_within(world),
        "特別永住者証明書関連情報": counter.special_permanents(world),
        "個人番号カード管理": cards,
        "個人番号カード送付先情報": counter.deliveries(world),
        "証明書・通知書交付履歴管理": issued,
        "空き住民票コード管理": counter.vacant_codes(world),
    }
