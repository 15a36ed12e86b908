"""Area 028 子ども・子育て支援 of the sample: its truth in standard form, and B社's tables of it."""
