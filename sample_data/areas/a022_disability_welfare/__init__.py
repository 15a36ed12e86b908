"""Area 022 障害者福祉 of the sample."""
