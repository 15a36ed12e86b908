      *============================================================
      *  Ａ社　移行元ファイル　KT05
      *  種別 1：土地課税
      *  固定長 231 バイト　JEF＋EBCDIK
      *============================================================
       01  KT05-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(209).
      *  土地課税
       01  KT05-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  課税-ND             PIC 9(3).  *> 課税年度
           03  物件-NO             PIC X(15).  *> 物件番号
           03  課税履歴-NO         PIC 9(3) COMP.  *> 課税履歴番号
           03  課税連番            PIC 9(3) COMP.  *> 課税連番
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  納税義務者-宛名     PIC 9(10) COMP-3.  *> 納税義務者_宛名
           03  課税地目            PIC X(2).  *> 課税地目
               88  一般田          VALUE 'T1'.
               88  介在田市街化区域田
                                   VALUE 'T2'.
               88  一般畑          VALUE 'T3'.
               88  介在畑市街化区域畑
                                   VALUE 'T4'.
               88  小規模住宅用地  VALUE 'T5'.
               88  一般住宅用地    VALUE 'T6'.
               88  住宅用地以外の宅地
                                   VALUE 'T7'.
               88  塩田            VALUE 'T8'.
               88  鉱泉地          VALUE 'T9'.
               88  池沼            VALUE 'TA'.
               88  一般山林        VALUE 'TB'.
               88  介在山林        VALUE 'TC'.
               88  牧場            VALUE 'TD'.
               88  原野            VALUE 'TE'.
               88  ゴルフ場の用地  VALUE 'TF'.
               88  遊園地等の用地  VALUE 'TG'.
               88  鉄軌道用地      VALUE 'TH'.
               88  その他の雑種地  VALUE 'TJ'.
               88  その他          VALUE 'TK'.
           03  課税地積            PIC S9(9)V9(2) COMP-3.  *> 課税地積
           03  評価額              PIC S9(14) COMP-3.  *> 評価額
           03  住宅用地-KBN        PIC 9(1).  *> 住宅用地区分
               88  非住宅用地      VALUE 2.
               88  小規模住宅用地  VALUE 3.
               88  一般住宅用地    VALUE 4.
               88  小規模一般の混在
                                   VALUE 1.
           03  住宅戸数            PIC S9(5) COMP-3.  *> 住宅戸数
           03  小規模住宅用地-地積
                                   PIC S9(9)V9(2) COMP-3.  *> 小規模住宅
           03  一般住宅用地-地積   PIC S9(9)V9(2) COMP-3.  *> 一般住宅用
           03  非住宅用地-地積     PIC S9(9)V9(2) COMP-3.  *> 非住宅用地
           03  前-ND課税標準額-固定
                                   PIC S9(12) COMP-3.  *> 前年度課税標準
           03  本則課税標準額-固定
                                   PIC S9(12) COMP-3.  *> 本則課税標準額
           03  負担水準-固定       PIC S9(2)V9(4) COMP-3.  *> 負担水準_
           03  負担調整-KBN-固定   PIC X(2).  *> 負担調整区分_固定
               88  対象外          VALUE 'V1'.
               88  据置            VALUE 'V2'.
               88  上限引下げ      VALUE 'V3'.
               88  5加算           VALUE 'V4'.
               88  下限20          VALUE 'V5'.
               88  上限60          VALUE 'V6'.
               88  本則            VALUE 'V7'.
               88  農地負担調整率  VALUE 'V8'.
               88  条例減額        VALUE 'V9'.
           03  負担調整率-固定     PIC S9(2)V9(3) COMP-3.  *> 負担調整率
           03  課税標準額-固定     PIC S9(12) COMP-3.  *> 課税標準額_固
           03  都市計画税課税-FLG  PIC 9(1).  *> 都市計画税課税フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  前-ND課税標準額-都計
                                   PIC S9(12) COMP-3.  *> 前年度課税標準
           03  本則課税標準額-都計
                                   PIC S9(12) COMP-3.  *> 本則課税標準額
           03  負担調整-KBN-都計   PIC X(2).  *> 負担調整区分_都計
               88  対象外          VALUE 'V1'.
               88  据置            VALUE 'V2'.
               88  上限引下げ      VALUE 'V3'.
               88  5加算           VALUE 'V4'.
               88  下限20          VALUE 'V5'.
               88  上限60          VALUE 'V6'.
               88  本則            VALUE 'V7'.
               88  農地負担調整率  VALUE 'V8'.
               88  条例減額        VALUE 'V9'.
           03  課税標準額-都計     PIC S9(12) COMP-3.  *> 課税標準額_都
           03  特例条項            PIC N(20).  *> 特例条項
           03  特例割合-分子       PIC S9(4) COMP-3.  *> 特例割合_分子
           03  特例割合-分母       PIC S9(4) COMP-3.  *> 特例割合_分母
           03  非課税-KBN          PIC X(2).  *> 非課税区分
               88  課税            VALUE 'N1'.
               88  国地方公共団体  VALUE 'N2'.
               88  公用公共用      VALUE 'N3'.
               88  宗教法人境内地建物
                                   VALUE 'N4'.
               88  墓地            VALUE 'N5'.
               88  公衆用道路      VALUE 'N6'.
               88  保安林国立公園  VALUE 'N7'.
               88  文化財          VALUE 'N8'.
               88  学校法人        VALUE 'N9'.
               88  社会福祉施設    VALUE 'NA'.
               88  その他法人      VALUE 'NB'.
               88  その他          VALUE 'NC'.
           03  非課税地積          PIC S9(9)V9(2) COMP-3.  *> 非課税地積
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KT05-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 評価額
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 課税標準
           03  FILLER              PIC X(205).
