"""The board: pages for coordinators, and for phones behind a code. Every page asks the API of the same server, as its caller."""
