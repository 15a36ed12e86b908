      *============================================================
      *  Ａ社　移行元ファイル　KG08
      *  種別 1：賦課情報
      *  固定長 200 バイト　JEF＋EBCDIK
      *============================================================
       01  KG08-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(178).
      *  賦課情報
       01  KG08-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  相当-ND             PIC 9(3).  *> 相当年度
           03  被保険者-NO         PIC X(10).  *> 被保険者番号
           03  更正履歴-NO         PIC 9(3) COMP.  *> 更正履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  宛名                PIC 9(10).  *> 宛名番号
           03  賦課-ND             PIC 9(3).  *> 賦課年度
           03  通知書-NO           PIC X(15).  *> 通知書番号
           03  賦課期日            PIC 9(7).  *> 賦課期日
           03  賦課開始-YM         PIC 9(5).  *> 賦課開始年月
           03  賦課終了-YM         PIC 9(5).  *> 賦課終了年月
           03  賦課月数            PIC 9(2).  *> 賦課月数
           03  所得段階            PIC X(2).  *> 所得段階
               88  第1段階         VALUE 'R1'.
               88  第2段階         VALUE 'R2'.
               88  第3段階         VALUE 'R3'.
               88  第4段階         VALUE 'R4'.
               88  第5段階基準額   VALUE 'R5'.
               88  第6段階         VALUE 'R6'.
               88  第7段階         VALUE 'R7'.
               88  第8段階         VALUE 'R8'.
               88  第9段階         VALUE 'R9'.
               88  第10段階        VALUE 'RA'.
               88  第11段階        VALUE 'RB'.
               88  第12段階        VALUE 'RC'.
               88  第13段階        VALUE 'RD'.
               88  第14段階        VALUE 'RE'.
               88  第15段階        VALUE 'RF'.
           03  世帯-NO             PIC X(15).  *> 世帯番号
           03  本人課税-KBN        PIC 9(1).  *> 本人課税区分
               88  課税            VALUE 2.
               88  非課税          VALUE 3.
               88  未申告          VALUE 4.
               88  不明            VALUE 1.
           03  世帯課税-KBN        PIC 9(1).  *> 世帯課税区分
               88  課税            VALUE 2.
               88  非課税          VALUE 3.
               88  未申告          VALUE 4.
               88  不明            VALUE 1.
           03  合計所得額          PIC S9(12) COMP-3.  *> 合計所得金額
           03  公的年金等収入額    PIC S9(12) COMP-3.  *> 公的年金等収入
           03  老齢福祉年金受給-FLG
                                   PIC 9(1).  *> 老齢福祉年金受給フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  生活保護受給-FLG    PIC 9(1).  *> 生活保護受給フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  境界層該当-FLG      PIC 9(1).  *> 境界層該当フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  保険料率年額        PIC S9(7) COMP-3.  *> 保険料率年額
           03  算出保険料額        PIC S9(8) COMP-3.  *> 算出保険料額
           03  減免額              PIC S9(11) COMP-3.  *> 減免額
           03  年間保険料額        PIC S9(9) COMP-3.  *> 年間保険料額
           03  特別徴収額          PIC S9(9) COMP-3.  *> 特別徴収額
           03  普通徴収額          PIC S9(9) COMP-3.  *> 普通徴収額
           03  徴収方法            PIC 9(1).  *> 徴収方法
               88  特別徴収        VALUE 2.
               88  普通徴収        VALUE 3.
               88  併用            VALUE 1.
           03  仮徴収額            PIC S9(8) COMP-3.  *> 仮徴収額
           03  更正事由            PIC X(2).  *> 更正事由
               88  当初賦課        VALUE 'U1'.
               88  資格取得        VALUE 'U2'.
               88  資格喪失        VALUE 'U3'.
               88  所得更正        VALUE 'U4'.
               88  世帯異動        VALUE 'U5'.
               88  生活保護の開始廃止
                                   VALUE 'U6'.
               88  減免            VALUE 'U7'.
               88  減免取消        VALUE 'U8'.
               88  徴収方法変更    VALUE 'U9'.
               88  仮徴収          VALUE 'UA'.
               88  その他          VALUE 'UB'.
           03  賦課決定-YMD        PIC 9(7) COMP-3.  *> 賦課決定年月日
           03  通知書発送-YMD      PIC 9(7).  *> 通知書発送年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KG08-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 合計所得
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 保険料率
           03  FILLER              PIC X(174).
