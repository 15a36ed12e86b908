      *============================================================
      *  Ａ社　移行元ファイル　IN02
      *  種別 1：印影情報
      *  固定長 284 バイト　JEF＋EBCDIK
      *============================================================
       01  IN02-HEADER.
           03  REC-KBN             PIC X(1).  *> レコード種別 H
           03  団体CD              PIC X(6).  *> 団体コード
           03  作成YMD             PIC 9(7).  *> 作成年月日
           03  FILE-ID             PIC X(8).  *> ファイル識別
           03  FILLER              PIC X(262).
      *  印影情報
       01  IN02-DATA.
           03  REC-KBN             PIC X(1).  *> レコード種別 1
           03  団体CD              PIC X(6).  *> 市区町村コード
           03  宛名                PIC 9(10) COMP-3.  *> 宛名番号
           03  印鑑登録-NO         PIC X(15).  *> 印鑑登録番号
           03  印影履歴-NO         PIC 9(3) COMP.  *> 印影履歴番号
           03  最新-FLG            PIC 9(1).  *> 最新フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  印影ファイル名      PIC N(30).  *> 印影ファイル名
           03  印影ファイル形式    PIC 9(1).  *> 印影ファイル形式
               88  TIFFG4          VALUE 2.
               88  PNG             VALUE 3.
               88  BMP             VALUE 4.
               88  JPEG            VALUE 5.
               88  ベンダ独自圧縮  VALUE 1.
           03  印影ハッシュ値      PIC N(64).  *> 印影ハッシュ値
           03  解像度              PIC S9(4) COMP-3.  *> 解像度
           03  画像幅              PIC S9(5) COMP-3.  *> 画像幅
           03  画像高さ            PIC S9(5) COMP-3.  *> 画像高さ
           03  印影縦寸法          PIC S9(3)V9(1) COMP-3.  *> 印影縦寸法
           03  印影横寸法          PIC S9(3)V9(1) COMP-3.  *> 印影横寸法
           03  印影形状            PIC 9(1).  *> 印影形状
               88  丸              VALUE 1.
               88  角              VALUE 2.
               88  小判            VALUE 3.
               88  その他          VALUE 4.
           03  印影品質-KBN        PIC 9(1).  *> 印影品質区分
               88  良              VALUE 2.
               88  要確認          VALUE 3.
               88  要再取込        VALUE 1.
           03  印影取込-YMD        PIC 9(7).  *> 印影取込年月日
           03  削除-FLG            PIC 9(1).  *> 削除フラグ
               88  該当しない      VALUE 1.
               88  該当する        VALUE 2.
           03  更新者ID            PIC N(10).  *> 操作者ID
           03  更新-YMD            PIC 9(8) COMP-3.  *> 操作年月日
           03  更新時刻            PIC 9(6).  *> 操作時刻
           03  FILLER              PIC X(6).  *> 予備
           03  照合KBN             PIC X(2).  *> 標準に対応なし
       01  IN02-TRAILER.
           03  REC-KBN             PIC X(1).  *> レコード種別 T
           03  KENSU-1             PIC 9(9).  *> 件数（種別 1）
           03  GOKEI-11            PIC S9(15) COMP-3.  *> 合計 解像度
           03  GOKEI-12            PIC S9(15) COMP-3.  *> 合計 画像幅
           03  FILLER              PIC X(258).
