      *============================================================
      *  Ａ社　移行元ファイル　SK05
      *  種別 1：扶養情報
      *  固定長 218 バイト　JEF＋EBCDIK
      *============================================================
       01  SK05-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(196).
      *  扶養情報
       01  SK05-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  相当-ND             PIC 9(3).  *> 相当年度
           03  更正履歴-NO         PIC 9(3) COMP.  *> 更正履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  扶養連番            PIC 9(3) COMP.  *> 扶養連番
           03  被扶養者-宛名       PIC 9(10) COMP-3.  *> 被扶養者_宛名番
           03  氏名                PIC N(35).  *> 氏名
           03  氏名-カナ           PIC X(30).  *> 氏名_フリガナ
           03  個人-NO             PIC X(12).  *> 個人番号
           03  生-YMD              PIC 9(7) COMP-3.  *> 生年月日
           03  続柄-KBN            PIC X(2).  *> 続柄区分
               88  夫              VALUE 'D1'.
               88  妻              VALUE 'D2'.
               88  子              VALUE 'D3'.
               88  父母            VALUE 'D4'.
               88  祖父母          VALUE 'D5'.
               88  孫              VALUE 'D6'.
               88  兄弟姉妹        VALUE 'D7'.
               88  その他親族      VALUE 'D8'.
               88  里子被養護老人  VALUE 'D9'.
               88  不明            VALUE 'DA'.
           03  扶養-KBN            PIC X(2).  *> 扶養区分
               88  控除対象配偶者  VALUE 'E1'.
               88  配偶者特別控除対象者
                                   VALUE 'E2'.
               88  一般扶養親族    VALUE 'E3'.
               88  特定扶養親族    VALUE 'E4'.
               88  老人扶養親族    VALUE 'E5'.
               88  同居老親等      VALUE 'E6'.
               88  年少扶養親族16歳未満
                                   VALUE 'E7'.
               88  青色事業専従者  VALUE 'E8'.
               88  白色事業専従者  VALUE 'E9'.
               88  特定親族令和8年度以後
                                   VALUE 'EA'.
               88  控除のない同一生計配偶者
                                   VALUE 'EB'.
           03  障害者-KBN          PIC 9(1).  *> 障害者区分
               88  該当なし        VALUE 3.
               88  普通障害者      VALUE 4.
               88  特別障害者      VALUE 1.
               88  同居特別障害者  VALUE 2.
           03  同居-KBN            PIC 9(1).  *> 同居区分
               88  同居            VALUE 2.
               88  別居            VALUE 1.
           03  国外居住-KBN        PIC 9(1).  *> 国外居住区分
               88  居住者          VALUE 2.
               88  30歳未満又は70歳以上
                                   VALUE 3.
               88  留学            VALUE 4.
               88  障害者          VALUE 5.
               88  38万円以上支払  VALUE 1.
           03  合計所得額          PIC S9(12).  *> 合計所得金額
           03  専従者給与額        PIC S9(10) COMP-3.  *> 専従者給与額
           03  扶養調査-KBN        PIC 9(1).  *> 扶養調査区分
               88  調査対象外      VALUE 4.
               88  調査中          VALUE 5.
               88  是認            VALUE 6.
               88  否認所得超過    VALUE 1.
               88  否認重複        VALUE 2.
               88  否認その他      VALUE 3.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  SK05-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 合計所得
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 専従者給
           03  FILLER              PIC X(192).
