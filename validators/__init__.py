"""Is it right: Pandera schemas built from layouts, rules between rows and files, the ledger and the report.

For users: :func:`validators.schema.group_schema` (the contract of one standard file) and
:func:`validators.delivery.validate_delivery` (a folder of them). The page ``docs/rules.md`` says what is judged.
"""
