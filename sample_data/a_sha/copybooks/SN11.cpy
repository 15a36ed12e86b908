      *============================================================
      *  Ａ社　移行元ファイル　SN11
      *  種別 1：滞納処分
      *  固定長 412 バイト　JEF＋EBCDIK
      *============================================================
       01  SN11-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(390).
      *  滞納処分
       01  SN11-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  処分管理-NO         PIC X(15).  *> 処分管理番号
           03  処分履歴-NO         PIC 9(3) COMP.  *> 処分履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  処分種別            PIC 9(1).  *> 処分種別
               88  差押            VALUE 6.
               88  参加差押        VALUE 7.
               88  交付要求        VALUE 8.
               88  繰上徴収        VALUE 1.
               88  繰上差押        VALUE 2.
               88  保全差押        VALUE 3.
               88  捜索            VALUE 4.
               88  公売換価        VALUE 5.
           03  財産種別            PIC X(2).  *> 財産種別
               88  預貯金          VALUE 'J1'.
               88  給与            VALUE 'J2'.
               88  年金            VALUE 'J3'.
               88  生命保険        VALUE 'J4'.
               88  売掛金等        VALUE 'J5'.
               88  国税還付金      VALUE 'J6'.
               88  土地            VALUE 'J7'.
               88  家屋            VALUE 'J8'.
               88  動産            VALUE 'J9'.
               88  自動車          VALUE 'JA'.
               88  電話加入権      VALUE 'JB'.
               88  有価証券出資    VALUE 'JC'.
               88  賃料            VALUE 'JD'.
               88  敷金保証金      VALUE 'JE'.
               88  その他          VALUE 'JF'.
           03  財産の表示          PIC N(50).  *> 財産の表示
           03  処分-YMD            PIC 9(7) COMP-3.  *> 処分年月日
           03  送達-YMD            PIC 9(7) COMP-3.  *> 送達年月日
           03  第三債務者名称      PIC N(20).  *> 第三債務者名称
           03  執行機関名称        PIC N(20).  *> 執行機関名称
           03  事件-NO             PIC N(20).  *> 事件番号
           03  不動産-物件-NO      PIC X(15).  *> 不動産_物件番号
           03  登記受付-NO         PIC X(12).  *> 登記受付番号
           03  登記-YMD            PIC 9(7) COMP-3.  *> 登記年月日
           03  先順位処分管理-NO   PIC X(15).  *> 先順位処分管理番号
           03  滞納額-本税         PIC S9(12) COMP-3.  *> 滞納額_本税
           03  滞納額-督促手数料   PIC S9(9) COMP-3.  *> 滞納額_督促手数
           03  滞納額-延滞金       PIC S9(12) COMP-3.  *> 滞納額_延滞金
           03  差押債権額          PIC S9(12) COMP-3.  *> 差押債権額
           03  取立-YMD            PIC 9(7) COMP-3.  *> 取立年月日
           03  取立額              PIC S9(12) COMP-3.  *> 取立額
           03  配当-YMD            PIC 9(7).  *> 配当年月日
           03  配当額              PIC S9(12) COMP-3.  *> 配当額
           03  滞納処分費          PIC S9(9) COMP-3.  *> 滞納処分費
           03  処分状態            PIC 9(1).  *> 処分状態
               88  継続中          VALUE 2.
               88  解除            VALUE 3.
               88  取立配当済      VALUE 4.
               88  取消            VALUE 5.
               88  完結            VALUE 1.
           03  解除-YMD            PIC 9(7) COMP-3.  *> 解除年月日
           03  解除事由            PIC X(2).  *> 解除事由
               88  完納            VALUE 'L1'.
               88  超過差押        VALUE 'L2'.
               88  無益            VALUE 'L3'.
               88  換価の猶予      VALUE 'L4'.
               88  執行停止        VALUE 'L5'.
               88  分納誓約        VALUE 'L6'.
               88  代替財産の差押  VALUE 'L7'.
               88  取消課税取消    VALUE 'L8'.
               88  その他          VALUE 'L9'.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  SN11-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 滞納額_本
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 滞納額_督
           03  FILLER              PIC X(386).
