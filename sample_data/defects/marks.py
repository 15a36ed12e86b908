"""Characters that stand in a field for what no text can say, until the file is written (:mod:`sample_data.write`)."""

RAW = 0x10FE00
"""A character from here on is one raw byte in the file: U+10FE85 is 0x85 (and what a reader carries it as)."""
EXTRA_FIELD, CUT_FIELD, QUOTE = "\U0010f001", "\U0010f002", "\U0010f003"
"""Stand in a value for what no value can say: one more field after it, the record's end before it, a bare quote."""
