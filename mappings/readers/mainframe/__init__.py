"""Records of mainframes: COBOL copybooks, packed and zoned numbers, record descriptor words, header and trailer
records.

:mod:`.copybook` parses a copybook, :mod:`.plan` says where every field of a record lies, :mod:`.read` reads an export
by it into the same staged files as the other readers. Only the last one loads the kernels (numba).
"""
