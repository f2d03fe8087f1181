"""OpenCV on bytes from stdin, bytes to stdout: `version`, `demosaic WIDTH HEIGHT BITS` of an RGGB mosaic, `denoise WIDTH HEIGHT STRENGTH` of RGB."""
import sys

import cv2
import numpy

cv2.setNumThreads(2)
out = sys.stdout.buffer
if sys.argv[1] == "version":
    out.write(cv2.__version__.encode())
    sys.exit()
width, height, number = (int(value) for value in sys.argv[2:5])
data = sys.stdin.buffer.read()
if sys.argv[1] == "demosaic":
    mosaic = numpy.frombuffer(data, numpy.uint8 if number == 8 else numpy.uint16).reshape(height, width)
    # OpenCV names the colours of the second row's second and third column; VNG takes 8 bits only.
    codes = [cv2.COLOR_BayerBG2RGB, cv2.COLOR_BayerBG2RGB_EA]
    if number == 8:
        codes.append(cv2.COLOR_BayerBG2RGB_VNG)
    for code in codes:
        out.write(cv2.cvtColor(mosaic, code).tobytes())
else:
    bgr = cv2.cvtColor(numpy.frombuffer(data, numpy.uint8).reshape(height, width, 3), cv2.COLOR_RGB2BGR)
    reduced = cv2.fastNlMeansDenoisingColored(bgr, None, number, number)
    out.write(cv2.cvtColor(reduced, cv2.COLOR_BGR2RGB).tobytes())
