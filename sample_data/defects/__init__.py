"""Defects on purpose, with an answer key: what is planted in truth and exports, where, and what follows from it.

``kinds.csv`` lists the kinds with their rates; :mod:`plan` plants them while a municipality is written; :mod:`oracle`
judges the defective truth in SQL of its own. Nothing here knows a mapping or a validator.
"""
