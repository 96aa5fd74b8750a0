"""Pictures as SVG: where their parts are and how large, never any text of callers."""
