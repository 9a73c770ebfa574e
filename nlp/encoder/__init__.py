"""Sentence encoders: a second look at adverts that the fast pass cannot settle. Everything works without one.

An encoder is a folder (`model.onnx`, `tokenizer.json`, `encoder.json`), run by onnxruntime from the extra `[onnx]`;
`chyrak model import` makes one, `load_encoder` opens one, `load_second_look` with what was learnt on top of it.
"""

from nlp.encoder.folder import FolderEncoder, load_encoder
from nlp.encoder.protocol import Encoder
from nlp.encoder.safe_text import safe_text
from nlp.encoder.second_look import SecondLook, load_second_look

__all__ = ["Encoder", "FolderEncoder", "SecondLook", "load_encoder", "load_second_look", "safe_text"]
