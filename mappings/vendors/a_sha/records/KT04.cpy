      *============================================================
      *  Ａ社　移行元ファイル　KT04
      *  種別 1：土地評価
      *  固定長 200 バイト　JEF＋EBCDIK
      *============================================================
       01  KT04-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(178).
      *  土地評価
       01  KT04-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  課税-ND             PIC 9(3).  *> 課税年度
           03  物件-NO             PIC X(15).  *> 物件番号
           03  評価履歴-NO         PIC 9(3) COMP.  *> 評価履歴番号
           03  評価連番            PIC 9(3) COMP.  *> 評価連番
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  基準-ND             PIC 9(3).  *> 基準年度
           03  画地-NO             PIC X(10).  *> 画地番号
           03  評価地目            PIC X(2).  *> 評価地目
               88  田              VALUE 'J1'.
               88  畑              VALUE 'J2'.
               88  宅地            VALUE 'J3'.
               88  学校用地        VALUE 'J4'.
               88  鉄道用地        VALUE 'J5'.
               88  塩田            VALUE 'J6'.
               88  鉱泉地          VALUE 'J7'.
               88  池沼            VALUE 'J8'.
               88  山林            VALUE 'J9'.
               88  牧場            VALUE 'JA'.
               88  原野            VALUE 'JB'.
               88  墓地            VALUE 'JC'.
               88  境内地          VALUE 'JD'.
               88  運河用地        VALUE 'JE'.
               88  水道用地        VALUE 'JF'.
               88  用悪水路        VALUE 'JG'.
               88  ため池          VALUE 'JH'.
               88  堤              VALUE 'JJ'.
               88  井溝            VALUE 'JK'.
               88  保安林          VALUE 'JL'.
               88  公衆用道路      VALUE 'JM'.
               88  公園            VALUE 'JN'.
               88  雑種地          VALUE 'JP'.
           03  評価方法-KBN        PIC 9(1).  *> 評価方法区分
               88  市街地宅地評価法
                                   VALUE 6.
               88  その他の宅地評価法
                                   VALUE 7.
               88  標準地比準農地山林等
                                   VALUE 8.
               88  近傍地比準      VALUE 1.
               88  宅地並み市街化区域農地介在
                                   VALUE 2.
               88  鉄軌道用地      VALUE 3.
               88  ゴルフ場等      VALUE 4.
               88  その他          VALUE 5.
           03  用途地区-KBN        PIC X(2).  *> 用途地区区分
               88  繁華街地区      VALUE 'R1'.
               88  高度商業地区Ⅰ  VALUE 'R2'.
               88  高度商業地区Ⅱ  VALUE 'R3'.
               88  普通商業地区    VALUE 'R4'.
               88  併用住宅地区    VALUE 'R5'.
               88  高級住宅地区    VALUE 'R6'.
               88  普通住宅地区    VALUE 'R7'.
               88  家内工業地区    VALUE 'R8'.
               88  中小工場地区    VALUE 'R9'.
               88  大工場地区      VALUE 'RA'.
               88  観光地区        VALUE 'RB'.
               88  村落地区        VALUE 'RC'.
               88  集団地区        VALUE 'RD'.
           03  状況類似地域-NO     PIC X(10).  *> 状況類似地域番号
           03  標準地-NO           PIC X(10).  *> 標準地番号
           03  正面路線-NO         PIC X(12).  *> 正面路線番号
           03  正面路線価          PIC S9(9) COMP-3.  *> 正面路線価
           03  側方路線-NO         PIC X(12).  *> 側方路線番号
           03  側方路線価          PIC S9(9) COMP-3.  *> 側方路線価
           03  間口距離            PIC S9(5)V9(2) COMP-3.  *> 間口距離
           03  奥行距離            PIC S9(5)V9(2) COMP-3.  *> 奥行距離
           03  奥行価格補正率      PIC S9(2)V9(2) COMP-3.  *> 奥行価格補
           03  不整形地補正率      PIC S9(2)V9(2) COMP-3.  *> 不整形地補
           03  その他補正率        PIC S9(2)V9(3) COMP-3.  *> その他補正
           03  比準割合            PIC S9(2)V9(3) COMP-3.  *> 比準割合
           03  単位当たり価格      PIC S9(9) COMP-3.  *> 単位当たり価格
           03  評価地積            PIC S9(9)V9(2) COMP-3.  *> 評価地積
           03  評価額              PIC S9(14) COMP-3.  *> 評価額
           03  価格決定-YMD        PIC 9(7).  *> 価格決定年月日
           03  価格修正事由        PIC 9(1).  *> 価格修正事由
               88  当初決定        VALUE 4.
               88  縦覧後修正      VALUE 5.
               88  重大な錯誤      VALUE 6.
               88  審査決定        VALUE 1.
               88  地価下落修正    VALUE 2.
               88  その他          VALUE 3.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KT04-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 評価額
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 正面路線
           03  FILLER              PIC X(174).
