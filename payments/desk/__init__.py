"""What the payments desk shows: reads shaped for its pages, one file for each page."""
