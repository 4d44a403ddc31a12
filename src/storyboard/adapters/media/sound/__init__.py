"""The film's sound: evened, mixed, kept under its true peak, and encoded in pieces that fit."""
