      *============================================================
      *  Ａ社　移行元ファイル　SN02
      *  種別 1：調定履歴
      *  固定長 118 バイト　JEF＋EBCDIK
      *============================================================
       01  SN02-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(96).
      *  調定履歴
       01  SN02-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  賦課-ND             PIC 9(3).  *> 賦課年度
           03  相当-ND             PIC 9(3).  *> 相当年度
           03  業務詳細科目-CD     PIC X(2).  *> 業務詳細（科目）コード
               88  市県民税森林環境税普通徴収
                                   VALUE 'C1'.
               88  市県民税森林環境税給与特徴
                                   VALUE 'C2'.
               88  市県民税森林環境税年金特徴
                                   VALUE 'C3'.
               88  市県民税退職分離
                                   VALUE 'C4'.
               88  法人市民税      VALUE 'C5'.
               88  固定資産税都市計画税
                                   VALUE 'C6'.
               88  固定資産税償却資産のみ
                                   VALUE 'C7'.
               88  国有資産等所在市町村交付金
                                   VALUE 'C8'.
               88  軽自動車税種別割
                                   VALUE 'C9'.
               88  軽自動車税環境性能割
                                   VALUE 'CA'.
               88  国民健康保険税料普通徴収
                                   VALUE 'CB'.
               88  国民健康保険税料年金特徴
                                   VALUE 'CC'.
               88  介護保険料普通徴収
                                   VALUE 'CD'.
               88  介護保険料年金特徴
                                   VALUE 'CE'.
               88  後期高齢者医療保険料普通徴収
                                   VALUE 'CF'.
               88  後期高齢者医療保険料年金特徴
                                   VALUE 'CG'.
               88  保育料          VALUE 'CH'.
               88  市たばこ税      VALUE 'CJ'.
               88  入湯税          VALUE 'CK'.
               88  鉱産税          VALUE 'CL'.
               88  特別土地保有税  VALUE 'CM'.
           03  通知書-NO           PIC X(15).  *> 通知書番号
           03  期別                PIC X(2).  *> 期別
           03  申告履歴-NO         PIC 9(3) COMP.  *> 申告履歴番号
           03  調定履歴-NO         PIC 9(4) COMP.  *> 調定履歴番号
           03  調定-KBN            PIC 9(1).  *> 調定区分
               88  当初            VALUE 1.
               88  増額更正        VALUE 2.
               88  減額更正        VALUE 3.
               88  随時            VALUE 4.
               88  過年度遡及      VALUE 5.
               88  滞納繰越        VALUE 6.
               88  取消            VALUE 7.
           03  会計-ND             PIC 9(3).  *> 会計年度
           03  滞納繰越-KBN        PIC 9(1).  *> 滞納繰越区分
               88  現年度分        VALUE 1.
               88  滞納繰越分      VALUE 2.
           03  調定-YMD            PIC 9(7).  *> 調定年月日
           03  調定増減額-本税     PIC S9(11).  *> 調定増減額_本税
           03  調定増減額-督促手数料
                                   PIC S9(7) COMP-3.  *> 調定増減額_督促
           03  調定増減額-延滞金   PIC S9(10).  *> 調定増減額_延滞金
           03  更正事由            PIC X(2).  *> 更正事由
               88  当初            VALUE 'J1'.
               88  課税内容変更    VALUE 'J2'.
               88  減免            VALUE 'J3'.
               88  減免取消        VALUE 'J4'.
               88  転出資格喪失    VALUE 'J5'.
               88  死亡            VALUE 'J6'.
               88  課税取消        VALUE 'J7'.
               88  申告修正申告    VALUE 'J8'.
               88  更正の請求      VALUE 'J9'.
               88  審査決定        VALUE 'JA'.
               88  二重課税        VALUE 'JB'.
               88  特徴普徴切替    VALUE 'JC'.
               88  督促手数料延滞金
                                   VALUE 'JD'.
               88  その他          VALUE 'JE'.
           03  更正決定通知-YMD    PIC 9(7) COMP-3.  *> 更正決定通知年月
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  SN02-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 調定増減
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 調定増減
           03  FILLER              PIC X(92).
