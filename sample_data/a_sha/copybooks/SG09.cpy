      *============================================================
      *  Ａ社　移行元ファイル　SG09
      *  種別 1：補装具費支給情報
      *  固定長 239 バイト　JEF＋EBCDIK
      *============================================================
       01  SG09-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(217).
      *  補装具費支給情報
       01  SG09-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  申請-NO             PIC X(12).  *> 申請番号
           03  申請-YMD            PIC 9(7) COMP-3.  *> 申請年月日
           03  補装具種目          PIC X(2).  *> 補装具種目
               88  義肢            VALUE 'M1'.
               88  装具            VALUE 'M2'.
               88  座位保持装置    VALUE 'M3'.
               88  視覚障害者安全つえ
                                   VALUE 'M4'.
               88  義眼            VALUE 'M5'.
               88  眼鏡            VALUE 'M6'.
               88  補聴器          VALUE 'M7'.
               88  車椅子          VALUE 'M8'.
               88  電動車椅子      VALUE 'M9'.
               88  歩行器          VALUE 'MA'.
               88  歩行補助つえ    VALUE 'MB'.
               88  重度障害者用意思伝達装置
                                   VALUE 'MC'.
               88  人工内耳        VALUE 'MD'.
               88  車載用姿勢保持装置
                                   VALUE 'ME'.
               88  座位保持椅子    VALUE 'MF'.
               88  起立保持具      VALUE 'MG'.
               88  頭部保持具      VALUE 'MH'.
               88  排便補助具      VALUE 'MJ'.
           03  名称型式            PIC N(25).  *> 名称型式
           03  支給-KBN            PIC 9(1).  *> 支給区分
               88  購入            VALUE 2.
               88  修理            VALUE 3.
               88  借受け          VALUE 1.
           03  判定機関            PIC 9(1).  *> 判定機関
               88  知的障害者更生相談所
                                   VALUE 4.
               88  児童相談所      VALUE 5.
               88  身体障害者更生相談所
                                   VALUE 1.
               88  市町村医師意見書等
                                   VALUE 2.
               88  その他          VALUE 3.
           03  判定-YMD            PIC 9(7).  *> 判定年月日
           03  決定結果            PIC 9(1).  *> 決定結果
               88  認定支給決定    VALUE 4.
               88  却下            VALUE 1.
               88  取下げ          VALUE 2.
               88  審査中          VALUE 3.
           03  決定-YMD            PIC 9(7).  *> 決定年月日
           03  支給券-NO           PIC X(12).  *> 支給券番号
           03  事業者名            PIC N(20).  *> 事業者名
           03  所得-KBN            PIC 9(1).  *> 所得区分
               88  生活保護        VALUE 2.
               88  低所得          VALUE 3.
               88  一般1           VALUE 4.
               88  一般2           VALUE 5.
               88  所得制限額以上  VALUE 1.
           03  基準額              PIC S9(8) COMP-3.  *> 基準額
           03  公費負担額          PIC S9(8) COMP-3.  *> 公費負担額
           03  利用者負担額        PIC S9(9) COMP-3.  *> 利用者負担額
           03  差額自己負担額      PIC S9(8) COMP-3.  *> 差額自己負担額
           03  借受け開始-YM       PIC 9(5).  *> 借受け開始年月
           03  借受け終了-YM       PIC 9(5).  *> 借受け終了年月
           03  支払-YMD            PIC 9(7).  *> 支払年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  SG09-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 基準額
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 公費負担
           03  FILLER              PIC X(213).
