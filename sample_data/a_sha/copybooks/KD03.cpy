      *============================================================
      *  Ａ社　移行元ファイル　KD03
      *  種別 1：保護者状況情報
      *  固定長 155 バイト　JEF＋EBCDIK
      *============================================================
       01  KD03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(133).
      *  保護者状況情報
       01  KD03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  認定-NO             PIC X(14).  *> 認定番号
           03  保護者-宛名         PIC 9(10) COMP-3.  *> 保護者_宛名番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  続柄                PIC X(2).  *> 続柄
               88  父              VALUE 'T1'.
               88  母              VALUE 'T2'.
               88  養父            VALUE 'T3'.
               88  養母            VALUE 'T4'.
               88  祖父            VALUE 'T5'.
               88  祖母            VALUE 'T6'.
               88  里親            VALUE 'T7'.
               88  未成年後見人    VALUE 'T8'.
               88  兄姉            VALUE 'T9'.
               88  曽祖父母おじおば
                                   VALUE 'TA'.
               88  その他          VALUE 'TB'.
           03  保育必要性事由      PIC X(2).  *> 保育必要性事由
               88  就労            VALUE 'N1'.
               88  妊娠出産        VALUE 'N2'.
               88  疾病障害        VALUE 'N3'.
               88  親族の介護看護  VALUE 'N4'.
               88  災害復旧        VALUE 'N5'.
               88  求職活動        VALUE 'N6'.
               88  就学職業訓練    VALUE 'N7'.
               88  虐待DV          VALUE 'N8'.
               88  育児休業中の継続利用
                                   VALUE 'N9'.
               88  市長が認める事由
                                   VALUE 'NA'.
           03  事由開始-YMD        PIC 9(7).  *> 事由開始年月日
           03  事由終了-YMD        PIC 9(7) COMP-3.  *> 事由終了年月日
           03  就労形態            PIC X(2).  *> 就労形態
               88  正規雇用        VALUE 'V1'.
               88  非正規雇用      VALUE 'V2'.
               88  派遣            VALUE 'V3'.
               88  自営中心者      VALUE 'V4'.
               88  自営専従者協力者
                                   VALUE 'V5'.
               88  内職            VALUE 'V6'.
               88  農林漁業        VALUE 'V7'.
               88  就労内定        VALUE 'V8'.
               88  その他          VALUE 'V9'.
           03  勤務先名称          PIC N(20).  *> 勤務先名称
           03  月間就労時間        PIC S9(4)V9(1) COMP-3.  *> 月間就労時
           03  育児休業終了-YMD    PIC 9(7).  *> 育児休業終了年月日
           03  出産予定-YMD        PIC 9(7).  *> 出産予定年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KD03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(145).
