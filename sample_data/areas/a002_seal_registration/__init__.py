"""Area 002 印鑑登録 of the sample: its truth in standard form, and B社's tables of it."""
