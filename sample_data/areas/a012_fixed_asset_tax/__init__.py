"""Area 012 固定資産税 of the sample."""
