"""Importing this switches Prefect's usage statistics off; it comes before every import of Prefect, which reads these at import time."""

import os

os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
