"""Switches Prefect's usage statistics off; imported before Prefect, which reads these when it is imported itself."""

import os

os.environ["DO_NOT_TRACK"] = "1"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
