"""Measurements that anyone can rerun: each script prints ratios against a named peer, measured in the same run."""
