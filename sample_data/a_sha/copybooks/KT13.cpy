      *============================================================
      *  Ａ社　移行元ファイル　KT13
      *  種別 1：減免
      *  固定長 212 バイト　JEF＋EBCDIK
      *============================================================
       01  KT13-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(190).
      *  減免
       01  KT13-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  減免管理-NO         PIC X(15).  *> 減免管理番号
           03  減免履歴-NO         PIC 9(3) COMP.  *> 減免履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  賦課-ND             PIC 9(3).  *> 賦課年度
           03  相当-ND             PIC 9(3).  *> 相当年度
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  通知書-NO           PIC X(15).  *> 通知書番号
           03  対象資産-KBN        PIC 9(1).  *> 対象資産区分
               88  土地            VALUE 3.
               88  家屋            VALUE 4.
               88  償却資産        VALUE 1.
               88  全資産          VALUE 2.
           03  物件-NO             PIC X(15).  *> 物件番号
           03  減免-KBN            PIC 9(1).  *> 減免区分
               88  生活扶助等      VALUE 4.
               88  公益用の専用    VALUE 1.
               88  災害            VALUE 2.
               88  その他特別の事情
                                   VALUE 3.
           03  減免理由            PIC N(35).  *> 減免理由
           03  申請-YMD            PIC 9(7) COMP-3.  *> 申請年月日
           03  決定-YMD            PIC 9(7).  *> 決定年月日
           03  決定-KBN            PIC 9(1).  *> 決定区分
               88  審査中          VALUE 1.
               88  承認            VALUE 2.
               88  不承認          VALUE 3.
               88  取下げ          VALUE 4.
           03  減免割合            PIC S9(3)V9(2) COMP-3.  *> 減免割合
           03  減免税額-固定       PIC S9(11) COMP-3.  *> 減免税額_固定
           03  減免税額-都計       PIC S9(11) COMP-3.  *> 減免税額_都計
           03  減免開始期別        PIC 9(1).  *> 減免開始期別
               88  第1期           VALUE 2.
               88  第2期           VALUE 3.
               88  第3期           VALUE 4.
               88  第4期           VALUE 5.
               88  随時第1期       VALUE 6.
               88  随時第2期       VALUE 7.
               88  随時第3期       VALUE 8.
               88  随時第4期       VALUE 1.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KT13-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 減免税額_
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 減免税額_
           03  FILLER              PIC X(186).
