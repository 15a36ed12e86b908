"""Area 024 国民健康保険 of the sample: the truth, and B社's tables of it (KH)."""
