      *============================================================
      *  Ａ社　移行元ファイル　SG07
      *  種別 1：支給決定サービス情報
      *  固定長 109 バイト　JEF＋EBCDIK
      *============================================================
       01  SG07-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(87).
      *  支給決定サービス情報
       01  SG07-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  受給者証-NO         PIC X(10).  *> 受給者証番号
           03  履歴-NO             PIC 9(3) COMP.  *> 履歴番号
           03  サービス連番        PIC 9(2) COMP.  *> サービス連番
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  サービス種類-CD     PIC X(2).  *> サービス種類コード
               88  居宅介護        VALUE 'H1'.
               88  重度訪問介護    VALUE 'H2'.
               88  行動援護        VALUE 'H3'.
               88  重度障害者等包括支援
                                   VALUE 'H4'.
               88  同行援護        VALUE 'H5'.
               88  療養介護        VALUE 'H6'.
               88  生活介護        VALUE 'H7'.
               88  短期入所        VALUE 'H8'.
               88  施設入所支援    VALUE 'H9'.
               88  共同生活援助    VALUE 'HA'.
               88  宿泊型自立訓練  VALUE 'HB'.
               88  自立生活援助    VALUE 'HC'.
               88  自立訓練機能訓練
                                   VALUE 'HD'.
               88  自立訓練生活訓練
                                   VALUE 'HE'.
               88  就労移行支援    VALUE 'HF'.
               88  就労移行支援養成施設
                                   VALUE 'HG'.
               88  就労継続支援A型
                                   VALUE 'HH'.
               88  就労継続支援B型
                                   VALUE 'HJ'.
               88  就労定着支援    VALUE 'HK'.
               88  就労選択支援    VALUE 'HL'.
               88  計画相談支援    VALUE 'HM'.
               88  地域移行支援    VALUE 'HN'.
               88  地域定着支援    VALUE 'HP'.
               88  障害児相談支援  VALUE 'HQ'.
               88  児童発達支援    VALUE 'HR'.
               88  医療型児童発達支援経過
                                   VALUE 'HS'.
               88  放課後等デイサービス
                                   VALUE 'HT'.
               88  保育所等訪問支援
                                   VALUE 'HU'.
               88  居宅訪問型児童発達支援
                                   VALUE 'HV'.
               88  移動支援        VALUE 'HW'.
               88  日中一時支援    VALUE 'HX'.
               88  地域活動支援センター
                                   VALUE 'HY'.
               88  訪問入浴サービス
                                   VALUE 'HZ'.
               88  意思疎通支援    VALUE 'H0'.
           03  決定サービス-CD     PIC X(6).  *> 決定サービスコード
           03  支給量              PIC S9(5)V9(2) COMP-3.  *> 支給量
           03  支給量単位          PIC 9(1).  *> 支給量単位
               88  時間月          VALUE 1.
               88  日月            VALUE 2.
               88  回月            VALUE 3.
               88  当該月の日数から8日を控除し
                                   VALUE 4.
               88  量の定めなし    VALUE 5.
           03  支給期間開始-YMD    PIC 9(7) COMP-3.  *> 支給期間開始年月
           03  支給期間終了-YMD    PIC 9(7).  *> 支給期間終了年月日
           03  二人介護-FLG        PIC 9(1).  *> 二人介護フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  暫定支給-FLG        PIC 9(1).  *> 暫定支給フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  契約事業所-NO       PIC X(10).  *> 契約事業所番号
           03  終了-YMD            PIC 9(7).  *> 終了年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  SG07-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(99).
