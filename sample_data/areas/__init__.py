"""The sample beyond the first areas: one package an area (truth and a vendor's tables), and what several share."""
