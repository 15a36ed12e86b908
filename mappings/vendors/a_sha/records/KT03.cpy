      *============================================================
      *  Ａ社　移行元ファイル　KT03
      *  種別 1：土地
      *  固定長 344 バイト　JEF＋EBCDIK
      *============================================================
       01  KT03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(322).
      *  土地
       01  KT03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  物件-NO             PIC X(15).  *> 物件番号
           03  土地履歴-NO         PIC 9(3) COMP.  *> 土地履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  台帳-KBN            PIC 9(1).  *> 台帳区分
               88  登記            VALUE 2.
               88  未登記補充      VALUE 1.
           03  所在-町字-CD        PIC X(7).  *> 所在_町字コード
           03  所在-町字名         PIC N(20).  *> 所在_町字名
           03  所在-小字名         PIC N(20).  *> 所在_小字名
           03  地番-本番           PIC S9(5) COMP-3.  *> 地番_本番
           03  地番-枝番           PIC S9(5) COMP-3.  *> 地番_枝番
           03  地番-孫番           PIC S9(5) COMP-3.  *> 地番_孫番
           03  地番表記            PIC N(20).  *> 地番表記
           03  登記地目            PIC X(2).  *> 登記地目
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
           03  登記地積            PIC S9(9)V9(2) COMP-3.  *> 登記地積
           03  現況地目            PIC X(2).  *> 現況地目
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
           03  現況地積            PIC S9(9)V9(2) COMP-3.  *> 現況地積
           03  納税義務者-宛名     PIC 9(10) COMP-3.  *> 納税義務者_宛名
           03  登記名義人-氏名     PIC N(30).  *> 登記名義人_氏名
           03  登記原因-YMD        PIC 9(7).  *> 登記原因年月日
           03  登記受付-YMD        PIC 9(7) COMP-3.  *> 登記受付年月日
           03  登記受付-NO         PIC X(12).  *> 登記受付番号
           03  異動事由            PIC X(2).  *> 異動事由
               88  分筆            VALUE 'K1'.
               88  合筆            VALUE 'K2'.
               88  地目変更        VALUE 'K3'.
               88  地積更正        VALUE 'K4'.
               88  売買            VALUE 'K5'.
               88  相続            VALUE 'K6'.
               88  贈与            VALUE 'K7'.
               88  表題登記        VALUE 'K8'.
               88  滅失            VALUE 'K9'.
               88  換地処分        VALUE 'KA'.
               88  国土調査        VALUE 'KB'.
               88  名義人表示変更  VALUE 'KC'.
               88  現況変更        VALUE 'KD'.
               88  職権修正        VALUE 'KE'.
               88  交換            VALUE 'KF'.
               88  競売公売        VALUE 'KG'.
               88  その他          VALUE 'KH'.
           03  異動-YMD            PIC 9(7) COMP-3.  *> 異動年月日
           03  分合筆元-物件-NO    PIC X(15).  *> 分合筆元_物件番号
           03  都市計画区域-KBN    PIC 9(1).  *> 都市計画区域区分
               88  市街化区域      VALUE 1.
               88  市街化調整区域  VALUE 2.
               88  非線引き用途地域内
                                   VALUE 3.
               88  非線引き用途地域外
                                   VALUE 4.
               88  都市計画区域外  VALUE 5.
           03  農地-KBN            PIC 9(1).  *> 農地区分
               88  一般農地        VALUE 2.
               88  一般市街化区域農地
                                   VALUE 3.
               88  特定市街化区域農地
                                   VALUE 4.
               88  生産緑地        VALUE 5.
               88  勧告遊休農地    VALUE 1.
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
           03  閉鎖-YMD            PIC 9(7).  *> 閉鎖年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KT03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 地番_本番
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 地番_枝番
           03  FILLER              PIC X(318).
