"""Area 011 法人住民税 of the sample."""
