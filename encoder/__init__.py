"""Makes the sentence encoder that Docent ships, bot/nlu/encoder.onnx; `make encoder` runs it.

Nothing here runs in production or in a training of the topics: an editor's change needs no new
encoder. docs/understanding.md says when a new one is worth its half hour.
"""
