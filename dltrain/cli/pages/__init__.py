"""What commands print, a file a page."""
