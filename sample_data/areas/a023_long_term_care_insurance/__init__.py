"""Area 023 介護保険 of the sample: its truth in standard form, and B社's tables of it."""
