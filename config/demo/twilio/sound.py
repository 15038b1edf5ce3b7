"""A short sound, in place of what a caller says: the sandbox has no microphone."""

import io
import math
import struct
import wave

_RATE = 8000
_SECONDS = 2
_HERTZ = 440


def tone() -> bytes:
    """A WAV file of two seconds."""
    samples = (
        int(8000 * math.sin(2 * math.pi * _HERTZ * n / _RATE)) for n in range(_RATE * _SECONDS)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()
