"""Area 025 後期高齢者医療 of the sample: the truth, and B社's tables of it (KK)."""
