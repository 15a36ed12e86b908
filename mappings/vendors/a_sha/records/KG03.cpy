      *============================================================
      *  Ａ社　移行元ファイル　KG03
      *  種別 1：要介護認定情報
      *  固定長 260 バイト　JEF＋EBCDIK
      *============================================================
       01  KG03-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(238).
      *  要介護認定情報
       01  KG03-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  被保険者-NO         PIC X(10).  *> 被保険者番号
           03  申請書管理-NO       PIC X(17).  *> 申請書管理番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  宛名                PIC 9(10).  *> 宛名番号
           03  申請-YMD            PIC 9(7).  *> 申請年月日
           03  申請-KBN            PIC 9(1).  *> 申請区分
               88  新規            VALUE 1.
               88  更新            VALUE 2.
               88  区分変更        VALUE 3.
               88  職権            VALUE 4.
               88  転入継続受給資格証明
                                   VALUE 5.
           03  申請者-KBN          PIC 9(1).  *> 申請者区分
               88  本人            VALUE 2.
               88  家族親族        VALUE 3.
               88  居宅介護支援事業者等の代行
                                   VALUE 4.
               88  地域包括支援センターの代行
                                   VALUE 5.
               88  介護保険施設の代行
                                   VALUE 6.
               88  その他          VALUE 1.
           03  被保険者-KBN        PIC 9(1).  *> 被保険者区分
               88  第1号被保険者   VALUE 1.
               88  第2号被保険者   VALUE 2.
           03  特定疾病-CD         PIC X(2).  *> 特定疾病コード
               88  がん医師が回復の見込みがない
                                   VALUE 'L1'.
               88  関節リウマチ    VALUE 'L2'.
               88  筋萎縮性側索硬化症
                                   VALUE 'L3'.
               88  後縦靱帯骨化症  VALUE 'L4'.
               88  骨折を伴う骨粗鬆症
                                   VALUE 'L5'.
               88  初老期における認知症
                                   VALUE 'L6'.
               88  進行性核上性麻痺大脳皮質基底
                                   VALUE 'L7'.
               88  脊髄小脳変性症  VALUE 'L8'.
               88  脊柱管狭窄症    VALUE 'L9'.
               88  早老症          VALUE 'LA'.
               88  多系統萎縮症    VALUE 'LB'.
               88  糖尿病性神経障害腎症網膜症
                                   VALUE 'LC'.
               88  脳血管疾患      VALUE 'LD'.
               88  閉塞性動脈硬化症
                                   VALUE 'LE'.
               88  慢性閉塞性肺疾患
                                   VALUE 'LF'.
               88  両側の膝股関節の著しい変形性
                                   VALUE 'LG'.
           03  前回要介護状態-KBN  PIC X(2).  *> 前回要介護状態区分
               88  非該当          VALUE 'M1'.
               88  事業対象者      VALUE 'M2'.
               88  要支援経過的要介護
                                   VALUE 'M3'.
               88  要支援1         VALUE 'M4'.
               88  要支援2         VALUE 'M5'.
               88  要介護1         VALUE 'M6'.
               88  要介護2         VALUE 'M7'.
               88  要介護3         VALUE 'M8'.
               88  要介護4         VALUE 'M9'.
               88  要介護5         VALUE 'MA'.
           03  認定調査実施-YMD    PIC 9(7).  *> 認定調査実施年月日
           03  主治医意見書受領-YMD
                                   PIC 9(7) COMP-3.  *> 主治医意見書受領
           03  主治医医療機関-CD   PIC X(10).  *> 主治医医療機関コード
           03  一次判定-YMD        PIC 9(7).  *> 一次判定年月日
           03  一次判定結果        PIC X(2).  *> 一次判定結果
               88  非該当          VALUE 'M1'.
               88  事業対象者      VALUE 'M2'.
               88  要支援経過的要介護
                                   VALUE 'M3'.
               88  要支援1         VALUE 'M4'.
               88  要支援2         VALUE 'M5'.
               88  要介護1         VALUE 'M6'.
               88  要介護2         VALUE 'M7'.
               88  要介護3         VALUE 'M8'.
               88  要介護4         VALUE 'M9'.
               88  要介護5         VALUE 'MA'.
           03  要介護認定等基準時間
                                   PIC S9(4)V9(1) COMP-3.  *> 要介護認定
           03  障害高齢者自立度    PIC X(2).  *> 障害高齢者自立度
               88  自立            VALUE 'N1'.
               88  J1              VALUE 'N2'.
               88  J2              VALUE 'N3'.
               88  A1              VALUE 'N4'.
               88  A2              VALUE 'N5'.
               88  B1              VALUE 'N6'.
               88  B2              VALUE 'N7'.
               88  C1              VALUE 'N8'.
               88  C2              VALUE 'N9'.
           03  認知症高齢者自立度  PIC 9(1).  *> 認知症高齢者自立度
               88  自立            VALUE 4.
               88  Ⅰ              VALUE 5.
               88  Ⅱa             VALUE 6.
               88  Ⅱb             VALUE 7.
               88  Ⅲa             VALUE 8.
               88  Ⅲb             VALUE 1.
               88  Ⅳ              VALUE 2.
               88  M               VALUE 3.
           03  合議体-NO           PIC X(5).  *> 合議体番号
           03  二次判定-YMD        PIC 9(7).  *> 二次判定年月日
           03  処理結果            PIC 9(1).  *> 処理結果
               88  審査中          VALUE 2.
               88  認定非該当を含む
                                   VALUE 3.
               88  取下げ          VALUE 4.
               88  却下            VALUE 5.
               88  資格喪失による終了
                                   VALUE 1.
           03  要介護状態-KBN      PIC X(2).  *> 要介護状態区分
               88  非該当          VALUE 'M1'.
               88  事業対象者      VALUE 'M2'.
               88  要支援経過的要介護
                                   VALUE 'M3'.
               88  要支援1         VALUE 'M4'.
               88  要支援2         VALUE 'M5'.
               88  要介護1         VALUE 'M6'.
               88  要介護2         VALUE 'M7'.
               88  要介護3         VALUE 'M8'.
               88  要介護4         VALUE 'M9'.
               88  要介護5         VALUE 'MA'.
           03  認定-YMD            PIC 9(7).  *> 認定年月日
           03  認定有効期間開始-YMD
                                   PIC 9(7) COMP-3.  *> 認定有効期間開始
           03  認定有効期間終了-YMD
                                   PIC 9(7).  *> 認定有効期間終了年月日
           03  認定有効期間月数    PIC 9(2).  *> 認定有効期間月数
           03  KBN支給限度単位数   PIC S9(6) COMP-3.  *> 区分支給限度単
           03  審査会意見          PIC N(35).  *> 審査会意見
           03  取下却下-YMD        PIC 9(7) COMP-3.  *> 取下却下年月日
           03  認定取消-YMD        PIC 9(7).  *> 認定取消年月日
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  照合KBN             PIC X(2).  *> 標準に対応なし
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
       01  KG03-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 KBN支給限
           03  FILLER              PIC X(242).
