      *============================================================
      *  Ａ社　移行元ファイル　KT06
      *  種別 1：家屋
      *  固定長 463 バイト　JEF＋EBCDIK
      *============================================================
       01  KT06-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(441).
      *  家屋
       01  KT06-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  物件-NO             PIC X(15).  *> 物件番号
           03  家屋履歴-NO         PIC 9(3) COMP.  *> 家屋履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  台帳-KBN            PIC 9(1).  *> 台帳区分
               88  登記            VALUE 2.
               88  未登記補充      VALUE 1.
           03  家屋-NO             PIC N(20).  *> 家屋番号
           03  所在-町字-CD        PIC X(7).  *> 所在_町字コード
           03  所在-町字名         PIC N(20).  *> 所在_町字名
           03  所在-地番表記       PIC N(20).  *> 所在_地番表記
           03  敷地-物件-NO        PIC X(15).  *> 敷地_物件番号
           03  KBN所有-FLG         PIC 9(1).  *> 区分所有フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  主従-KBN            PIC 9(1).  *> 主従区分
               88  主である建物    VALUE 2.
               88  附属建物        VALUE 3.
               88  単独            VALUE 1.
           03  主家屋-物件-NO      PIC X(15).  *> 主家屋_物件番号
           03  木造-KBN            PIC 9(1).  *> 木造区分
               88  木造            VALUE 1.
               88  非木造          VALUE 2.
           03  家屋構造            PIC X(2).  *> 家屋構造
               88  木造            VALUE 'Y1'.
               88  土蔵造          VALUE 'Y2'.
               88  石造            VALUE 'Y3'.
               88  れんが造        VALUE 'Y4'.
               88  コンクリートブロック造
                                   VALUE 'Y5'.
               88  軽量鉄骨造      VALUE 'Y6'.
               88  鉄骨造          VALUE 'Y7'.
               88  鉄筋コンクリート造
                                   VALUE 'Y8'.
               88  鉄骨鉄筋コンクリート造
                                   VALUE 'Y9'.
               88  その他          VALUE 'YA'.
           03  屋根種類            PIC N(20).  *> 屋根種類
           03  登記種類            PIC N(20).  *> 登記種類
           03  現況用途            PIC X(2).  *> 現況用途
               88  専用住宅        VALUE 'A1'.
               88  共同住宅寄宿舎  VALUE 'A2'.
               88  併用住宅        VALUE 'A3'.
               88  農家住宅        VALUE 'A4'.
               88  旅館料亭ホテル  VALUE 'A5'.
               88  事務所銀行店舗  VALUE 'A6'.
               88  劇場病院        VALUE 'A7'.
               88  公衆浴場        VALUE 'A8'.
               88  工場倉庫        VALUE 'A9'.
               88  土蔵            VALUE 'AA'.
               88  附属家          VALUE 'AB'.
               88  百貨店          VALUE 'AC'.
               88  市場            VALUE 'AD'.
               88  その他          VALUE 'AE'.
           03  地上階数            PIC 9(3).  *> 地上階数
           03  地下階数            PIC 9(2).  *> 地下階数
           03  登記床面積          PIC S9(8)V9(2) COMP-3.  *> 登記床面積
           03  現況床面積          PIC S9(8)V9(2) COMP-3.  *> 現況床面積
           03  居住部分床面積      PIC S9(8)V9(2) COMP-3.  *> 居住部分床
           03  戸数                PIC S9(5) COMP-3.  *> 戸数
           03  建築-YMD            PIC 9(7) COMP-3.  *> 建築年月日
           03  建築-YMD-不詳-FLG   PIC 9(1).  *> 建築年月日_不詳フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  建築-YMD-不詳表記   PIC N(20).  *> 建築年月日_不詳表記
           03  納税義務者-宛名     PIC 9(10) COMP-3.  *> 納税義務者_宛名
           03  登記名義人-氏名     PIC N(30).  *> 登記名義人_氏名
           03  異動事由            PIC X(2).  *> 異動事由
               88  新築            VALUE 'B1'.
               88  増築            VALUE 'B2'.
               88  一部取壊し      VALUE 'B3'.
               88  滅失            VALUE 'B4'.
               88  用途変更        VALUE 'B5'.
               88  構造変更        VALUE 'B6'.
               88  売買            VALUE 'B7'.
               88  相続            VALUE 'B8'.
               88  贈与            VALUE 'B9'.
               88  区分分割        VALUE 'BA'.
               88  合併            VALUE 'BB'.
               88  表題更正        VALUE 'BC'.
               88  改築            VALUE 'BD'.
               88  名義人表示変更  VALUE 'BE'.
               88  職権修正        VALUE 'BF'.
               88  移築            VALUE 'BG'.
               88  その他          VALUE 'BH'.
           03  異動-YMD            PIC 9(7) COMP-3.  *> 異動年月日
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
           03  滅失-YMD            PIC 9(7).  *> 滅失年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  処理通番            PIC 9(7) COMP-3.  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KT06-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 戸数
           03  FILLER              PIC X(445).
