      *============================================================
      *  Ａ社　移行元ファイル　KT02
      *  種別 1：共有者構成
      *  固定長 102 バイト　JEF＋EBCDIK
      *============================================================
       01  KT02-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(80).
      *  共有者構成
       01  KT02-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  共有-宛名           PIC 9(10) COMP-3.  *> 共有_宛名番号
           03  共有履歴-NO         PIC 9(3) COMP.  *> 共有履歴番号
           03  構成員連番          PIC 9(4) COMP.  *> 構成員連番
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  構成員-宛名         PIC 9(10) COMP-3.  *> 構成員_宛名番号
           03  共有-KBN            PIC 9(1).  *> 共有区分
               88  単独            VALUE 4.
               88  持分共有        VALUE 1.
               88  区分所有        VALUE 2.
               88  共用土地        VALUE 3.
           03  代表者-FLG          PIC 9(1).  *> 代表者フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  共有者人数          PIC S9(5) COMP-3.  *> 共有者人数
           03  登記持分-分子       PIC S9(12) COMP-3.  *> 登記持分_分子
           03  登記持分-分母       PIC S9(12) COMP-3.  *> 登記持分_分母
           03  課税持分-分子       PIC S9(12) COMP-3.  *> 課税持分_分子
           03  課税持分-分母       PIC S9(12) COMP-3.  *> 課税持分_分母
           03  異動事由            PIC X(2).  *> 異動事由
               88  新規            VALUE 'G1'.
               88  住所変更        VALUE 'G2'.
               88  氏名名称変更    VALUE 'G3'.
               88  送付先変更      VALUE 'G4'.
               88  納税管理人      VALUE 'G5'.
               88  相続            VALUE 'G6'.
               88  共有構成変更    VALUE 'G7'.
               88  法人合併        VALUE 'G8'.
               88  職権修正        VALUE 'G9'.
               88  名寄統合        VALUE 'GA'.
               88  その他          VALUE 'GB'.
           03  異動-YMD            PIC 9(7) COMP-3.  *> 異動年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  KT02-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 共有者人
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 登記持分_
           03  FILLER              PIC X(76).
