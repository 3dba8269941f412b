"""A listing's texts to cues: words, languages, fields, and whether an institution hosts the lab or is only named."""
