      *============================================================
      *  Ａ社　移行元ファイル　NK11
      *  種別 1：納付記録
      *  固定長 89 バイト　JEF＋EBCDIK
      *============================================================
       01  NK11-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(67).
      *  納付記録
       01  NK11-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  納付-ND             PIC 9(3).  *> 納付年度
           03  納付状況-月         PIC X(2) OCCURS 12 TIMES.  *> 納付状
               88  資格なし        VALUE 'L1'.
               88  納付            VALUE 'L2'.
               88  未納            VALUE 'L3'.
               88  全額免除        VALUE 'L4'.
               88  4分の3免除      VALUE 'L5'.
               88  半額免除        VALUE 'L6'.
               88  4分の1免除      VALUE 'L7'.
               88  納付猶予        VALUE 'L8'.
               88  学生納付特例    VALUE 'L9'.
               88  法定免除        VALUE 'LA'.
               88  付加納付        VALUE 'LB'.
               88  第2号または第3号
                                   VALUE 'LC'.
               88  産前産後免除    VALUE 'LD'.
           03  納付月数            PIC 9(2).  *> 納付月数
           03  免除月数            PIC 9(2).  *> 免除月数
           03  検認額              PIC S9(7) COMP-3.  *> 検認額
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  NK11-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 検認額
           03  FILLER              PIC X(71).
