      *============================================================
      *  Ａ社　移行元ファイル　SG03
      *  種別 1：療育手帳情報
      *  固定長 123 バイト　JEF＋EBCDIK
      *============================================================
       01  SG03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(101).
      *  療育手帳情報
       01  SG03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  手帳-NO             PIC X(15).  *> 手帳番号
           03  交付自治体-CD       PIC X(6).  *> 交付自治体コード
           03  交付事由            PIC X(2).  *> 交付事由
               88  新規交付        VALUE 'L1'.
               88  障害程度変更    VALUE 'L2'.
               88  障害追加        VALUE 'L3'.
               88  再認定再判定    VALUE 'L4'.
               88  更新            VALUE 'L5'.
               88  紛失による再交付
                                   VALUE 'L6'.
               88  破損による再交付
                                   VALUE 'L7'.
               88  県外等からの転入
                                   VALUE 'L8'.
               88  居住地氏名変更  VALUE 'L9'.
               88  その他          VALUE 'LA'.
           03  初回交付-YMD        PIC 9(7) COMP-3.  *> 初回交付年月日
           03  交付-YMD            PIC 9(7).  *> 交付年月日
           03  障害程度-KBN        PIC 9(1).  *> 障害程度区分
               88  A重度細分なし   VALUE 5.
               88  A1最重度        VALUE 6.
               88  A2重度          VALUE 1.
               88  B中軽度細分なし
                                   VALUE 2.
               88  B1中度          VALUE 3.
               88  B2軽度          VALUE 4.
           03  判定-YMD            PIC 9(7) COMP-3.  *> 判定年月日
           03  判定機関            PIC 9(1).  *> 判定機関
               88  知的障害者更生相談所
                                   VALUE 4.
               88  児童相談所      VALUE 5.
               88  身体障害者更生相談所
                                   VALUE 1.
               88  市町村医師意見書等
                                   VALUE 2.
               88  その他          VALUE 3.
           03  次回判定要-FLG      PIC 9(1).  *> 次回判定要フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  次回判定期日        PIC 9(7) COMP-3.  *> 次回判定期日
           03  旅客運賃減額種別    PIC 9(1).  *> 旅客運賃減額種別
               88  記載なし        VALUE 1.
               88  第1種           VALUE 2.
               88  第2種           VALUE 3.
           03  保護者-宛名         PIC 9(10) COMP-3.  *> 保護者_宛名番号
           03  手帳状態            PIC 9(1).  *> 手帳状態
               88  交付済          VALUE 5.
               88  申請中          VALUE 6.
               88  返還            VALUE 7.
               88  期限切れ        VALUE 1.
               88  転出            VALUE 2.
               88  死亡            VALUE 3.
               88  却下            VALUE 4.
           03  返還-YMD            PIC 9(7).  *> 返還年月日
           03  返還事由            PIC X(2).  *> 返還事由
               88  期間満了        VALUE 'B1'.
               88  死亡            VALUE 'B2'.
               88  転出            VALUE 'B3'.
               88  障害程度非該当  VALUE 'B4'.
               88  介護保険への移行
                                   VALUE 'B5'.
               88  施設入退所      VALUE 'B6'.
               88  辞退取下げ      VALUE 'B7'.
               88  再交付に伴う返還
                                   VALUE 'B8'.
               88  その他          VALUE 'B9'.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  SG03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(113).
