"""The loops that find records and fields in the bytes of a chunk. Compiled by numba; import only when an export is
read.

Shapes: ``raw`` is the bytes of a chunk; ``starts`` and ``ends`` are ``(records, fields)`` byte positions in ``raw``
(a start of -1 = the record has no such field). A record that the chunk does not hold to its end is left for the next
one.
"""

# mypy: disable-error-code="no-untyped-def"
# numba decides the types of a kernel's arguments; the docstrings give them.

from __future__ import annotations

import numpy as np

from mappings.charsets.jit import jit

QUOTE_ANOMALY = 1
"""Record flag: text behind a closing quote, or a quote inside a field that does not begin with one."""
UNESCAPE = 1
"""Field flag: the span holds doubled quotes, or text behind its closing quote."""

ENDS_IN_QUOTE, ENDS_SHORT = 1, 2
"""States of a file's end: inside a quoted field; within a fixed-length record."""


@jit
def scan_delimited(
    raw, start, end, at_eof, delimiter, quote, newline, skip_pairs, lead, trail, records, starts, ends, flags, counts,
    record_flags, newlines, quoted
):  # fmt: skip
    """Find records and fields of delimited text from ``start`` on, as many whole records as there are and as fit.

    ``delimiter``, ``quote``, ``newline``: bytes (``quote`` -1 = none; ``newline`` 10, or 13 for files that know no
    line feed). ``skip_pairs``: step over two-byte characters, for a delimiter that can be a second byte. Fills
    ``records`` (start, end without line end, start of what stands behind the last field or -1), ``counts`` (fields
    found), ``newlines`` (1 LF, 2 CRLF, 3 CR, 0 none: the file ends) and adds to ``quoted`` per field. Returns
    (records, next position, state); state 1 = the file ends inside a quoted field.
    """
    n_fields = starts.shape[1]
    capacity = starts.shape[0]
    n = 0
    p = start
    state = 0
    special = np.zeros(256, np.uint8)
    special[delimiter] = 1
    special[newline] = 1
    if quote >= 0:
        special[quote] = 1
    if skip_pairs:
        for b in range(256):
            if lead[b]:
                special[b] = 1
    while n < capacity and p < end:
        begin = p
        field = 0
        anomaly = 0
        surplus = -1
        record_end = -1
        line_end = 0
        complete = True
        while record_end < 0:
            first = p
            is_quoted = quote >= 0 and p < end and raw[p] == quote
            last = -1
            flag = 0
            if is_quoted:
                p += 1
                first = p
                closed = False
                while p < end:
                    b = raw[p]
                    if b == quote:
                        if p + 1 < end and raw[p + 1] == quote:
                            flag = UNESCAPE
                            p += 2
                            continue
                        closed = True
                        break
                    if skip_pairs and lead[b] and p + 1 < end and trail[raw[p + 1]]:
                        p += 1
                    p += 1
                if not closed or (p + 1 >= end and not at_eof):
                    complete = False
                    break
                last = p
                p += 1
                plain = p >= end or raw[p] == delimiter or raw[p] == newline
                if not plain and newline == 10 and raw[p] == 13:
                    if p + 1 >= end and not at_eof:
                        complete = False
                        break
                    plain = p + 1 < end and raw[p + 1] == 10
                if not plain:
                    anomaly = QUOTE_ANOMALY
                    flag = UNESCAPE
                    last = -1
            while p < end:
                b = raw[p]
                if special[b] == 0:
                    p += 1
                    continue
                if b in (delimiter, newline):
                    break
                if b == quote:
                    anomaly = QUOTE_ANOMALY
                    p += 1
                    continue
                if p + 1 < end and trail[raw[p + 1]]:
                    p += 1
                p += 1
            if p >= end and not at_eof:
                complete = False
                break
            is_delimiter = p < end and raw[p] == delimiter
            stop = p
            if not is_delimiter:
                line_end = 0
                if p < end:
                    line_end = 3 if newline == 13 else 1
                    if newline == 10 and p > begin and raw[p - 1] == 13:
                        line_end = 2
                        stop = p - 1
                record_end = stop
            if last < 0:
                last = stop
            if field < n_fields:
                starts[n, field] = first
                ends[n, field] = last
                flags[n, field] = flag
                if is_quoted:
                    quoted[field] += 1
            elif surplus < 0:
                surplus = first - 1 if is_quoted else first
            field += 1
            p += 1
        if not complete:
            # Give back what this record added: it will be read again.
            for k in range(min(field, n_fields)):
                if starts[n, k] > 0 and quote >= 0 and starts[n, k] - 1 >= begin and raw[starts[n, k] - 1] == quote:
                    quoted[k] -= 1
            if at_eof:
                state = 1
            p = begin
            break
        for k in range(field, n_fields):
            starts[n, k] = -1
            ends[n, k] = -1
            flags[n, k] = 0
        records[n, 0] = begin
        records[n, 1] = record_end
        records[n, 2] = surplus
        counts[n] = field
        record_flags[n] = anomaly
        newlines[n] = line_end
        n += 1
    return n, min(p, end), state


@jit
def scan_fixed(
    raw, start, end, at_eof, length, newline, field_starts, field_lengths, records, starts, ends, counts, newlines
):
    """Find fixed-length records: ``length`` bytes and a line end (``newline``: bytes of it, 0 = none).

    With line ends a record may be shorter or longer than it should be; its fields are cut at its end, and what stands
    behind the last byte of the record is the surplus. ``counts`` holds the record's bytes. Returns (records, next
    position, state); state 2 = the file's last record is short.
    """
    n_fields = starts.shape[1]
    capacity = starts.shape[0]
    n = 0
    p = start
    state = 0
    while n < capacity and p < end:
        begin = p
        stop = begin + length
        line_end = 0
        if newline == 0:
            if stop > end:
                if not at_eof:
                    break
                stop = end
                state = 2
            p = stop
        else:
            if stop + newline <= end and raw[stop + newline - 1] == 10 and (newline == 1 or raw[stop] == 13):
                line_end = newline
                p = stop + newline
            else:
                q = begin
                while q < end and raw[q] != 10:
                    q += 1
                if q >= end:
                    if not at_eof:
                        break
                    stop = end
                    p = end
                    if stop - begin < length:
                        state = 2
                else:
                    line_end = 1
                    stop = q
                    if q > begin and raw[q - 1] == 13:
                        line_end = 2
                        stop = q - 1
                    p = q + 1
        size = stop - begin
        for k in range(n_fields):
            a = field_starts[k]
            if a < size or (a == size and field_lengths[k] == 0):
                starts[n, k] = begin + a
                ends[n, k] = begin + min(a + field_lengths[k], size)
            else:
                starts[n, k] = -1
                ends[n, k] = -1
        records[n, 0] = begin
        records[n, 1] = stop
        records[n, 2] = begin + length if size > length else -1
        counts[n] = size
        newlines[n] = line_end
        n += 1
    return n, p, state


@jit
def field_bytes(starts, ends, rows, columns, totals):
    """Bytes of each chosen field over the chosen records."""
    totals[:] = 0
    for r in range(rows.shape[0]):
        row = rows[r]
        for c in range(columns.shape[0]):
            if starts[row, columns[c]] >= 0:
                totals[c] += ends[row, columns[c]] - starts[row, columns[c]]


@jit
def utf16_offsets(text, start, base, positions, out):
    """Byte offsets in UTF-16 of positions in its (marked) UTF-8 form; ``base`` is the offset of ``text[start]``.

    A mark stands for one byte, a character of 4 UTF-8 bytes for 4, any other for 2.
    """
    p = start
    offset = base
    for k in range(positions.shape[0]):
        while p < positions[k]:
            b = text[p]
            if b < 0x80:
                p += 1
                offset += 2
            elif b < 0xE0:
                p += 2
                offset += 2
            elif b < 0xF0:
                p += 3
                offset += 2
            else:
                offset += 1 if b == 0xF4 and text[p + 1] == 0x8F and text[p + 2] >= 0xB8 and text[p + 2] <= 0xBB else 4
                p += 4
        out[k] = offset
    return offset


@jit
def unescape(raw, starts, ends, flags, count, quote):
    """Take the quoting out of flagged fields where they lie: doubled quotes become one until the quote closes, the
    rest is literal."""
    for row in range(count):
        for column in range(starts.shape[1]):
            if flags[row, column] == 0:
                continue
            o = starts[row, column]
            i = o
            inside = True
            while i < ends[row, column]:
                b = raw[i]
                i += 1
                if inside and b == quote:
                    if i < ends[row, column] and raw[i] == quote:
                        i += 1
                    else:
                        inside = False
                        continue
                raw[o] = b
                o += 1
            ends[row, column] = o
            flags[row, column] = 0
