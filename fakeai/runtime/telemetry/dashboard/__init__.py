"""What the dashboards show: one snapshot as JSON, the same again and again as events, and one request in detail."""
