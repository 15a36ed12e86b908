"""Areas 010 個人住民税 and 014 収滞納管理 of the sample: their truth in standard form, and B社's tables of them."""
