"""The truth: each area's groups in standard form, from the world alone; what a faultless migration must deliver."""
