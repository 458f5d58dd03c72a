"""Images, videos and voices that are made and kept."""
