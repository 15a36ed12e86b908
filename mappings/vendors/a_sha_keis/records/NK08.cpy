      *============================================================
      *  Ａ社　移行元ファイル　NK08
      *  種別 1：届書受付
      *  固定長 226 バイト　JEF＋EBCDIK
      *============================================================
       01  NK08-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(204).
      *  届書受付
       01  NK08-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  受付-ND             PIC 9(3).  *> 受付年度
           03  受付-NO             PIC X(16).  *> 受付番号
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  届書種類            PIC X(2).  *> 届書種類
               88  資格取得届      VALUE 'Y1'.
               88  種別変更届      VALUE 'Y2'.
               88  資格喪失届      VALUE 'Y3'.
               88  任意加入申出書  VALUE 'Y4'.
               88  任意加入資格喪失申出書
                                   VALUE 'Y5'.
               88  住所変更届      VALUE 'Y6'.
               88  氏名変更届      VALUE 'Y7'.
               88  死亡届          VALUE 'Y8'.
               88  免除納付猶予申請書
                                   VALUE 'Y9'.
               88  学生納付特例申請書
                                   VALUE 'YA'.
               88  法定免除該当届  VALUE 'YB'.
               88  法定免除消滅届  VALUE 'YC'.
               88  産前産後免除該当届
                                   VALUE 'YD'.
               88  付加保険料納付申出書
                                   VALUE 'YE'.
               88  付加保険料納付辞退申出書
                                   VALUE 'YF'.
               88  基礎年金番号通知書再交付申請
                                   VALUE 'YG'.
               88  年金請求書老齢  VALUE 'YH'.
               88  年金請求書障害  VALUE 'YJ'.
               88  年金請求書遺族  VALUE 'YK'.
               88  寡婦年金請求書  VALUE 'YL'.
               88  死亡一時金請求書
                                   VALUE 'YM'.
               88  未支給年金請求書
                                   VALUE 'YN'.
               88  年金生活者支援給付金請求書
                                   VALUE 'YP'.
               88  特別障害給付金請求書
                                   VALUE 'YQ'.
               88  所得状況届障害状態確認届
                                   VALUE 'YR'.
               88  その他          VALUE 'YS'.
           03  受付-YMD            PIC 9(7).  *> 受付年月日
           03  受付方法            PIC 9(1).  *> 受付方法
               88  窓口            VALUE 3.
               88  郵送            VALUE 4.
               88  電子申請        VALUE 1.
               88  職権            VALUE 2.
           03  受付場所-CD         PIC X(4).  *> 受付場所コード
           03  届出者-KBN          PIC 9(1).  *> 届出者区分
               88  本人            VALUE 6.
               88  世帯主          VALUE 1.
               88  配偶者親族      VALUE 2.
               88  代理人          VALUE 3.
               88  学生納付特例事務法人
                                   VALUE 4.
               88  その他          VALUE 5.
           03  届出者-氏名         PIC N(30).  *> 届出者_氏名
           03  事実発生-YMD        PIC 9(7) COMP-3.  *> 事実発生年月日
           03  進達-KBN            PIC 9(1).  *> 進達区分
               88  未進達          VALUE 1.
               88  進達済          VALUE 2.
               88  進達不要        VALUE 3.
               88  返戻中          VALUE 4.
           03  進達方法            PIC 9(1).  *> 進達方法
               88  紙              VALUE 2.
               88  電子媒体        VALUE 3.
               88  回線            VALUE 1.
           03  進達-YMD            PIC 9(7) COMP-3.  *> 進達年月日
           03  進達-NO             PIC X(10).  *> 進達番号
           03  返戻-YMD            PIC 9(7).  *> 返戻年月日
           03  返戻理由            PIC N(20).  *> 返戻理由
           03  再進達-YMD          PIC 9(7).  *> 再進達年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  NK08-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  FILLER              PIC X(216).
