      *============================================================
      *  Ａ社　移行元ファイル　HJ12
      *  種別 1：調定情報
      *  固定長 123 バイト　JEF＋EBCDIK
      *============================================================
       01  HJ12-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(101).
      *  調定情報
       01  HJ12-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10).  *> 宛名番号
           03  事業-ND開始-YMD     PIC 9(7) COMP-3.  *> 事業年度開始年月
           03  事業-ND終了-YMD     PIC 9(7).  *> 事業年度終了年月日
           03  申告-KBN            PIC X(2).  *> 申告区分
               88  確定申告        VALUE 'V1'.
               88  修正申告        VALUE 'V2'.
               88  中間申告仮決算  VALUE 'V3'.
               88  予定申告        VALUE 'V4'.
               88  均等割申告公益法人等
                                   VALUE 'V5'.
               88  清算確定申告    VALUE 'V6'.
               88  みなす申告予定  VALUE 'V7'.
               88  更正            VALUE 'V8'.
               88  決定            VALUE 'V9'.
           03  申告履歴-NO         PIC 9(3) COMP.  *> 申告履歴番号
           03  調定-NO             PIC 9(3) COMP.  *> 調定番号
           03  賦課-ND             PIC 9(3).  *> 賦課年度
           03  調定-YMD            PIC 9(7) COMP-3.  *> 調定年月日
           03  調定-KBN            PIC 9(1).  *> 調定区分
               88  現年度          VALUE 3.
               88  過年度          VALUE 1.
               88  減額            VALUE 2.
           03  法人税割調定額      PIC S9(12).  *> 法人税割調定額
           03  均等割調定額        PIC S9(10) COMP-3.  *> 均等割調定額
           03  調定額              PIC S9(11).  *> 調定額
           03  納期限              PIC 9(7).  *> 納期限
           03  通知書-NO           PIC X(15).  *> 通知書番号
           03  還付充当-KBN        PIC 9(1).  *> 還付充当区分
               88  なし            VALUE 1.
               88  還付            VALUE 2.
               88  充当            VALUE 3.
           03  更新者ID            PIC X(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  HJ12-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 法人税割
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 均等割調
           03  FILLER              PIC X(97).
