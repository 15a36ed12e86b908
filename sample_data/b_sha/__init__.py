"""Vendor B社: its record layouts and code book (frozen data) and the writers that put the truth down in its tables."""
