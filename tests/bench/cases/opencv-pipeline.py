"""The usual OpenCV chain on the same task: black level, bilinear demosaic, white balance and CCM, sRGB curve by table."""
import json
import sys
import time

import cv2
import numpy

width, height = (int(extent) for extent in sys.argv[1].split("x"))
cv2.setNumThreads(2)
generator = numpy.random.default_rng(1)
raw = generator.integers(64, 1023, (height, width)).astype(numpy.uint16)
matrix = numpy.array([[1.6, -0.5, -0.1], [-0.3, 1.5, -0.2], [0.0, -0.6, 1.6]], numpy.float32)
matrix = matrix @ numpy.diag([1.9, 1.0, 1.5]).astype(numpy.float32)
light = numpy.arange(1024) / 1023
curve = numpy.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
table = numpy.clip(curve * 255 + 0.5, 0, 255).astype(numpy.uint8)


def convert():
    rgb = cv2.cvtColor(cv2.subtract(raw, 64), cv2.COLOR_BayerBG2RGB)
    linear = numpy.minimum(cv2.transform(rgb, matrix), 1023)
    return cv2.cvtColor(table[linear], cv2.COLOR_RGB2RGBA)


samples = []
for run in range(70):
    start = time.perf_counter()
    convert()
    if run >= 10:
        samples.append((time.perf_counter() - start) * 1000)
print(json.dumps({"samplesMillis": samples, "with": f"OpenCV {cv2.__version__}"}))
