      *============================================================
      *  Ａ社　移行元ファイル　KH12
      *  種別 1：療養費等支給
      *  種別 2：療養費等支給（付属）
      *  固定長 199 バイト　JEF＋EBCDIK
      *============================================================
       01  KH12-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(177).
      *  療養費等支給
       01  KH12-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  給付種別            PIC X(2).  *> 給付種別
               88  療養費一般診療  VALUE 'H1'.
               88  療養費治療用装具
                                   VALUE 'H2'.
               88  療養費柔道整復  VALUE 'H3'.
               88  療養費はりきゅう
                                   VALUE 'H4'.
               88  療養費あん摩マッサージ
                                   VALUE 'H5'.
               88  海外療養費      VALUE 'H6'.
               88  移送費          VALUE 'H7'.
               88  特別療養費      VALUE 'H8'.
               88  食事療養標準負担額差額
                                   VALUE 'H9'.
               88  出産育児一時金  VALUE 'HA'.
               88  葬祭費          VALUE 'HB'.
               88  傷病手当金      VALUE 'HC'.
               88  その他          VALUE 'HD'.
           03  支給申請-NO         PIC X(12).  *> 支給申請番号
           03  国保世帯-NO         PIC X(15).  *> 国保世帯番号
           03  申請-YMD            PIC 9(7) COMP-3.  *> 申請年月日
           03  申請者-氏名         PIC N(30).  *> 申請者_氏名
           03  診療-YM             PIC 9(5).  *> 診療年月
           03  入外-KBN            PIC 9(1).  *> 入外区分
               88  入院            VALUE 1.
               88  外来            VALUE 2.
           03  費用額              PIC S9(9) COMP-3.  *> 費用額
           03  一部負担金割合      PIC 9(1).  *> 一部負担金割合
               88  1割             VALUE 1.
               88  2割             VALUE 2.
               88  3割             VALUE 3.
           03  出産-YMD            PIC 9(7) COMP-3.  *> 出産年月日
           03  出産児数            PIC 9(1).  *> 出産児数
           03  直接支払制度利用-FLG
                                   PIC 9(1).  *> 直接支払制度利用フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  死亡-YMD            PIC 9(7) COMP-3.  *> 死亡年月日
           03  葬祭執行-YMD        PIC 9(7).  *> 葬祭執行年月日
           03  支給決定-KBN        PIC 9(1).  *> 支給決定区分
               88  未申請          VALUE 4.
               88  支給            VALUE 5.
               88  不支給          VALUE 1.
               88  審査中          VALUE 2.
               88  返納            VALUE 3.
           03  支給決定-YMD        PIC 9(7) COMP-3.  *> 支給決定年月日
           03  支給決定額          PIC S9(9) COMP-3.  *> 支給決定額
           03  支給方法            PIC 9(1).  *> 支給方法
               88  口座振込        VALUE 1.
               88  窓口払          VALUE 2.
               88  直接支払医療機関等
                                   VALUE 3.
               88  受領委任        VALUE 4.
               88  滞納保険料へ充当
                                   VALUE 5.
           03  支払-YMD            PIC 9(7) COMP-3.  *> 支払年月日
           03  支払額              PIC S9(9) COMP-3.  *> 支払額
           03  滞納充当額          PIC S9(9) COMP-3.  *> 滞納充当額
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
      *  療養費等支給（付属）
       01  KH12S-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 2
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  給付種別            PIC X(2).  *> 給付種別
               88  療養費一般診療  VALUE 'H1'.
               88  療養費治療用装具
                                   VALUE 'H2'.
               88  療養費柔道整復  VALUE 'H3'.
               88  療養費はりきゅう
                                   VALUE 'H4'.
               88  療養費あん摩マッサージ
                                   VALUE 'H5'.
               88  海外療養費      VALUE 'H6'.
               88  移送費          VALUE 'H7'.
               88  特別療養費      VALUE 'H8'.
               88  食事療養標準負担額差額
                                   VALUE 'H9'.
               88  出産育児一時金  VALUE 'HA'.
               88  葬祭費          VALUE 'HB'.
               88  傷病手当金      VALUE 'HC'.
               88  その他          VALUE 'HD'.
           03  支給申請-NO         PIC X(12).  *> 支給申請番号
           03  金融機関-CD         PIC X(4).  *> 金融機関コード
           03  支店-CD             PIC X(3).  *> 支店コード
           03  口座種別            PIC 9(1).  *> 口座種別
               88  普通            VALUE 2.
               88  当座            VALUE 3.
               88  納税準備        VALUE 4.
               88  貯蓄            VALUE 5.
               88  その他          VALUE 1.
           03  口座-NO             PIC X(7).  *> 口座番号
           03  口座名義人-カナ     PIC X(20).  *> 口座名義人_カナ
           03  整理-NO             PIC 9(6).  *> 標準に対応なし
           03  更新端末            PIC X(8).  *> 標準に対応なし
           03  FILLER              PIC X(6).  *> 予備
           03  FILLER              PIC X(117).
       01  KH12-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 費用額
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 支給決定
           03  KENSU-2             PIC 9(9).  *> 件数（種別 2）
           03  FILLER              PIC X(164).
