      *============================================================
      *  Ａ社　移行元ファイル　KJ10
      *  種別 1：減免対象者情報
      *  固定長 203 バイト　JEF＋EBCDIK
      *============================================================
       01  KJ10-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(181).
      *  減免対象者情報
       01  KJ10-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  減免対象者-NO       PIC X(15).  *> 減免対象者番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  身体障害者等-宛名   PIC 9(10).  *> 身体障害者等_宛名番号
           03  氏名                PIC N(20).  *> 氏名
           03  手帳種別            PIC 9(1).  *> 手帳種別
               88  身体障害者手帳  VALUE 4.
               88  療育手帳        VALUE 1.
               88  精神障害者保健福祉手帳
                                   VALUE 2.
               88  戦傷病者手帳    VALUE 3.
           03  手帳-NO             PIC X(15).  *> 手帳番号
           03  手帳等級            PIC X(2).  *> 手帳等級
               88  1級             VALUE 'A1'.
               88  2級             VALUE 'A2'.
               88  3級             VALUE 'A3'.
               88  4級             VALUE 'A4'.
               88  5級             VALUE 'A5'.
               88  6級             VALUE 'A6'.
               88  7級             VALUE 'A7'.
               88  療育A重度       VALUE 'A8'.
               88  療育Bその他     VALUE 'A9'.
               88  戦傷病者項症款症
                                   VALUE 'AA'.
           03  障害名-KBN          PIC X(2).  *> 障害名区分
               88  視覚            VALUE 'B1'.
               88  聴覚            VALUE 'B2'.
               88  平衡機能        VALUE 'B3'.
               88  音声言語そしゃく
                                   VALUE 'B4'.
               88  上肢            VALUE 'B5'.
               88  下肢            VALUE 'B6'.
               88  体幹            VALUE 'B7'.
               88  乳幼児期以前の非進行性脳病変
                                   VALUE 'B8'.
               88  心臓            VALUE 'B9'.
               88  じん臓          VALUE 'BA'.
               88  呼吸器          VALUE 'BB'.
               88  ぼうこう又は直腸
                                   VALUE 'BC'.
               88  小腸            VALUE 'BD'.
               88  免疫            VALUE 'BE'.
               88  肝臓            VALUE 'BF'.
           03  手帳交付-YMD        PIC 9(7).  *> 手帳交付年月日
           03  手帳有効期限        PIC 9(7).  *> 手帳有効期限
           03  運転者-KBN          PIC 9(1).  *> 運転者区分
               88  本人            VALUE 3.
               88  生計同一者      VALUE 1.
               88  常時介護者      VALUE 2.
           03  運転者-氏名         PIC N(20).  *> 運転者_氏名
           03  運転免許証-NO       PIC X(12).  *> 運転免許証番号
           03  使用目的-KBN        PIC 9(1).  *> 使用目的区分
               88  通院            VALUE 1.
               88  通学            VALUE 2.
               88  通勤生業        VALUE 3.
               88  通所            VALUE 4.
               88  その他          VALUE 5.
           03  普通自動車減免-FLG  PIC 9(1).  *> 普通自動車減免フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  更新者ID            PIC X(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KJ10-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(193).
