      *============================================================
      *  Ａ社　移行元ファイル　HJ03
      *  種別 1：法人異動届情報
      *  固定長 304 バイト　JEF＋EBCDIK
      *============================================================
       01  HJ03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(282).
      *  法人異動届情報
       01  HJ03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10).  *> 宛名番号
           03  届出-NO             PIC S9(12) COMP-3.  *> 届出番号
           03  届出-KBN            PIC X(2).  *> 届出区分
               88  設立設置        VALUE 'C1'.
               88  名称変更        VALUE 'C2'.
               88  所在地変更      VALUE 'C3'.
               88  代表者変更      VALUE 'C4'.
               88  資本金等の変更  VALUE 'C5'.
               88  事業年度変更    VALUE 'C6'.
               88  支店等の設置    VALUE 'C7'.
               88  支店等の廃止    VALUE 'C8'.
               88  休業            VALUE 'C9'.
               88  解散            VALUE 'CA'.
               88  清算結了        VALUE 'CB'.
               88  合併            VALUE 'CC'.
               88  グループ通算    VALUE 'CD'.
               88  その他          VALUE 'CE'.
           03  届出受付-YMD        PIC 9(7) COMP-3.  *> 届出受付年月日
           03  異動-YMD            PIC 9(7).  *> 異動年月日
           03  受付経路-KBN        PIC 9(1).  *> 受付経路区分
               88  eLTAX           VALUE 4.
               88  郵送            VALUE 5.
               88  窓口            VALUE 1.
               88  国税県税からの連絡
                                   VALUE 2.
               88  職権            VALUE 3.
           03  異動前内容          PIC N(50).  *> 異動前内容
           03  異動後内容          PIC N(55).  *> 異動後内容
           03  添付書類-KBN        PIC 9(1).  *> 添付書類区分
               88  なし            VALUE 5.
               88  登記事項証明書  VALUE 1.
               88  定款            VALUE 2.
               88  合併契約書等    VALUE 3.
               88  その他          VALUE 4.
           03  eLTAX受付-NO        PIC X(20).  *> eLTAX受付番号
           03  更新者ID            PIC X(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  HJ03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(294).
