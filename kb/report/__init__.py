"""What is left at the end: the report as data (`build`), its order for reading (`layout`), its forms."""
