"""A社, a mainframe vendor of the sample: the truth as records in JEF and EBCDIK, described by copybooks."""
