"""Facts that are uploaded, read where they can harm nobody."""
