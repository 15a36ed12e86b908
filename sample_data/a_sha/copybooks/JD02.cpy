      *============================================================
      *  Ａ社　移行元ファイル　JD02
      *  種別 1：支給対象児童情報
      *  固定長 147 バイト　JEF＋EBCDIK
      *============================================================
       01  JD02-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(125).
      *  支給対象児童情報
       01  JD02-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10).  *> 宛名番号
           03  認定-NO             PIC X(10).  *> 認定番号
           03  児童-宛名           PIC 9(10).  *> 児童_宛名番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  児童-KBN            PIC 9(1).  *> 児童区分
               88  支給対象児童    VALUE 3.
               88  算定対象の兄姉等支給なし
                                   VALUE 1.
               88  支給対象外      VALUE 2.
           03  児童-生-YMD         PIC 9(7).  *> 児童_生年月日
           03  続柄                PIC X(2).  *> 続柄
               88  子              VALUE 'S1'.
               88  養子            VALUE 'S2'.
               88  配偶者の子      VALUE 'S3'.
               88  孫              VALUE 'S4'.
               88  弟妹            VALUE 'S5'.
               88  甥姪            VALUE 'S6'.
               88  里子委託児童    VALUE 'S7'.
               88  入所児童        VALUE 'S8'.
               88  被後見人        VALUE 'S9'.
               88  その他          VALUE 'SA'.
           03  同居別居-KBN        PIC 9(1).  *> 同居別居区分
               88  同居            VALUE 1.
               88  別居            VALUE 2.
           03  別居理由            PIC 9(1).  *> 別居理由
               88  単身赴任        VALUE 3.
               88  就学            VALUE 4.
               88  離婚協議中      VALUE 5.
               88  DV避難          VALUE 6.
               88  施設病院        VALUE 7.
               88  海外留学        VALUE 1.
               88  その他          VALUE 2.
           03  別居-団体CD         PIC X(6).  *> 別居_市区町村コード
           03  監護生計-KBN        PIC 9(1).  *> 監護生計区分
               88  監護生計同一    VALUE 2.
               88  監護生計維持    VALUE 3.
               88  監護相当生計費負担兄姉等
                                   VALUE 4.
               88  委託入所        VALUE 1.
           03  算定順位            PIC 9(2).  *> 算定順位
           03  算定順位-KBN        PIC 9(1).  *> 算定順位区分
               88  第1子           VALUE 3.
               88  第2子           VALUE 4.
               88  第3子以降       VALUE 1.
               88  数えない施設等  VALUE 2.
           03  支給開始-YM         PIC 9(5).  *> 支給開始年月
           03  支給終了-YM         PIC 9(5).  *> 支給終了年月
           03  算定開始-YM         PIC 9(5).  *> 算定開始年月
           03  算定終了-YM         PIC 9(5).  *> 算定終了年月
           03  増額事由            PIC X(2).  *> 増額事由
               88  新規認定        VALUE 'W1'.
               88  出生            VALUE 'W2'.
               88  養育開始婚姻養子
                                   VALUE 'W3'.
               88  施設退所        VALUE 'W4'.
               88  帰国            VALUE 'W5'.
               88  算定対象児童の追加
                                   VALUE 'W6'.
               88  制度改正        VALUE 'W7'.
               88  新規対象年齢高校生年代
                                   VALUE 'W8'.
               88  所得判定の変更  VALUE 'W9'.
               88  その他          VALUE 'WA'.
           03  減額事由            PIC X(2).  *> 減額事由
               88  監護しなくなった
                                   VALUE 'X1'.
               88  児童死亡        VALUE 'X2'.
               88  施設入所里親委託
                                   VALUE 'X3'.
               88  国外転出        VALUE 'X4'.
               88  年齢到達支給終了
                                   VALUE 'X5'.
               88  3歳到達         VALUE 'X6'.
               88  中学校入学旧制度
                                   VALUE 'X7'.
               88  算定対象の子が外れた
                                   VALUE 'X8'.
               88  所得判定の変更  VALUE 'X9'.
               88  受給者の資格消滅
                                   VALUE 'XA'.
               88  その他          VALUE 'XB'.
           03  事由発生-YMD        PIC 9(7) COMP-3.  *> 事由発生年月日
           03  支給期限-YM         PIC 9(5).  *> 支給期限年月
           03  手当月額            PIC S9(9) COMP-3.  *> 手当月額
           03  海外留学-FLG        PIC 9(1).  *> 海外留学フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  無戸籍-FLG          PIC 9(1).  *> 無戸籍フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  学生-KBN            PIC 9(1).  *> 学生区分
               88  学生            VALUE 2.
               88  学生以外        VALUE 1.
           03  監護相当確認書提出-YMD
                                   PIC 9(7) COMP-3.  *> 監護相当確認書提
           03  削除-FLG            PIC 9(1).  *> 削除フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  JD02-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 手当月額
           03  FILLER              PIC X(129).
