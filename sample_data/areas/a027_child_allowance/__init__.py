"""Area 027 児童手当 of the sample: its truth in standard form, and B社's tables of it."""
