      *============================================================
      *  Ａ社　移行元ファイル　SG02
      *  種別 1：身体障害者手帳障害情報
      *  固定長 111 バイト　JEF＋EBCDIK
      *============================================================
       01  SG02-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(89).
      *  身体障害者手帳障害情報
       01  SG02-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  障害連番            PIC 9(2) COMP.  *> 障害連番
           03  障害種別            PIC 9(1).  *> 障害種別
               88  視覚障害        VALUE 4.
               88  聴覚平衡機能障害
                                   VALUE 5.
               88  音声言語そしゃく機能障害
                                   VALUE 1.
               88  肢体不自由      VALUE 2.
               88  内部障害        VALUE 3.
           03  障害部位            PIC X(2).  *> 障害部位
               88  視力障害        VALUE 'R1'.
               88  視野障害        VALUE 'R2'.
               88  聴覚障害        VALUE 'R3'.
               88  平衡機能障害    VALUE 'R4'.
               88  音声言語機能障害
                                   VALUE 'R5'.
               88  そしゃく機能障害
                                   VALUE 'R6'.
               88  上肢欠損        VALUE 'R7'.
               88  上肢機能障害    VALUE 'R8'.
               88  下肢欠損        VALUE 'R9'.
               88  下肢機能障害    VALUE 'RA'.
               88  体幹機能障害    VALUE 'RB'.
               88  脳原性上肢機能障害
                                   VALUE 'RC'.
               88  脳原性移動機能障害
                                   VALUE 'RD'.
               88  心臓機能障害    VALUE 'RE'.
               88  じん臓機能障害  VALUE 'RF'.
               88  呼吸器機能障害  VALUE 'RG'.
               88  ぼうこう又は直腸機能障害
                                   VALUE 'RH'.
               88  小腸機能障害    VALUE 'RJ'.
               88  免疫機能障害    VALUE 'RK'.
               88  肝臓機能障害    VALUE 'RL'.
           03  個別等級            PIC 9(1).  *> 個別等級
               88  1級             VALUE 6.
               88  2級             VALUE 7.
               88  3級             VALUE 1.
               88  4級             VALUE 2.
               88  5級             VALUE 3.
               88  6級             VALUE 4.
               88  7級             VALUE 5.
           03  等級指数            PIC S9(2)V9(1) COMP-3.  *> 等級指数
           03  障害原因            PIC 9(1).  *> 障害原因
               88  先天性          VALUE 3.
               88  疾病            VALUE 4.
               88  交通事故        VALUE 5.
               88  労働災害        VALUE 6.
               88  その他の事故    VALUE 7.
               88  戦傷病戦災      VALUE 1.
               88  不明その他      VALUE 2.
           03  障害発生-YMD        PIC 9(7).  *> 障害発生年月日
           03  障害発生-YMD-不詳-FLG
                                   PIC 9(1).  *> 障害発生年月日_不詳フラ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  障害発生-YMD-不詳表記
                                   PIC N(20).  *> 障害発生年月日_不詳表
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  SG02-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(101).
