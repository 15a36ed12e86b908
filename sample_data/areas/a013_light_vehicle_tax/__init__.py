"""Area 013 軽自動車税 of the sample."""
