      *============================================================
      *  Ａ社　移行元ファイル　SN10
      *  種別 1：交渉経過
      *  固定長 653 バイト　JEF＋EBCDIK
      *============================================================
       01  SN10-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(631).
      *  交渉経過
       01  SN10-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  交渉連番            PIC S9(6) COMP-3.  *> 交渉連番
           03  交渉-YMD            PIC 9(7).  *> 交渉年月日
           03  交渉時刻            PIC 9(6).  *> 交渉時刻
           03  交渉方法            PIC X(2).  *> 交渉方法
               88  架電            VALUE 'E1'.
               88  受電            VALUE 'E2'.
               88  来庁            VALUE 'E3'.
               88  訪問            VALUE 'E4'.
               88  文書            VALUE 'E5'.
               88  SMS自動音声     VALUE 'E6'.
               88  財産調査        VALUE 'E7'.
               88  捜索            VALUE 'E8'.
               88  その他          VALUE 'E9'.
           03  交渉相手-KBN        PIC 9(1).  *> 交渉相手区分
               88  本人            VALUE 7.
               88  配偶者          VALUE 1.
               88  その他の親族    VALUE 2.
               88  勤務先          VALUE 3.
               88  代理人弁護士    VALUE 4.
               88  不在不通        VALUE 5.
               88  その他          VALUE 6.
           03  対応者ID            PIC N(10).  *> 対応者ID
           03  件名                PIC N(20).  *> 件名
           03  交渉内容            PIC N(250).  *> 交渉内容
           03  約束-YMD            PIC 9(7) COMP-3.  *> 約束年月日
           03  約束額              PIC S9(11) COMP-3.  *> 約束金額
           03  約束履行-KBN        PIC 9(1).  *> 約束履行区分
               88  履行            VALUE 1.
               88  一部履行        VALUE 2.
               88  不履行          VALUE 3.
               88  未到来          VALUE 4.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  SN10-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 約束額
           03  FILLER              PIC X(635).
