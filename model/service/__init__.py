"""The web service: the predictor behind HTTP, and a page on top of it (extra `serve`)."""
