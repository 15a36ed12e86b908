"""Area 006 選挙人名簿管理 of the sample: its truth in standard form, and B社's tables of it."""
