      *============================================================
      *  Ａ社　移行元ファイル　JK03
      *  種別 1：通称履歴管理
      *  固定長 1785 バイト　JEF＋EBCDIK
      *============================================================
       01  JK03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(1763).
      *  通称履歴管理
       01  JK03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10).  *> 宛名番号
           03  改製-NO             PIC S9(5) COMP-3.  *> 改製番号
           03  最新-FLG            PIC X(1).  *> 最新フラグ
           03  通称                PIC N(20) OCCURS 16 TIMES.  *> 通称ｎ
           03  記載団体CD          PIC X(6) OCCURS 16 TIMES.  *> 記載市
           03  記載市区町村名      PIC N(12) OCCURS 16 TIMES.  *> 記載市
           03  記載-YMD
                                   PIC 9(7) COMP-3 OCCURS 16 TIMES.
           03  削除団体CD          PIC X(6) OCCURS 16 TIMES.  *> 削除市
           03  削除市区町村名      PIC N(12) OCCURS 16 TIMES.  *> 削除市
           03  削除-YMD
                                   PIC 9(7) COMP-3 OCCURS 16 TIMES.
           03  削除-FLG            PIC X(1).  *> 削除フラグ
           03  更新者ID            PIC X(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  JK03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(1775).
