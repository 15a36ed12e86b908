"""Area 026 国民年金 of the sample: its truth in standard form, and B社's tables of it."""
