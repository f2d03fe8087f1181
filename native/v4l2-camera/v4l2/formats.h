#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device.h"

namespace v4l2 {

/** The four characters of a pixel format; a big-endian format carries the suffix `-BE`. */
std::string fourccText(std::uint32_t fourcc);

/** A duration in seconds as the driver states it. */
struct Fraction {
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 0;
};

/** Frame intervals that a size allows: a list, or a range with a step (zero for continuous). */
struct Intervals {
  std::vector<Fraction> discrete;
  std::optional<std::array<Fraction, 3>> minimumMaximumStep;
};

/** One size, or a range of sizes, of a format. For a range the intervals are those of the largest size. */
struct FrameSize {
  std::uint32_t minimumWidth = 0, maximumWidth = 0, stepWidth = 0;
  std::uint32_t minimumHeight = 0, maximumHeight = 0, stepHeight = 0;
  Intervals intervals;
};

/** One entry of VIDIOC_ENUM_FMT with its sizes. */
struct FormatDescription {
  std::uint32_t fourcc = 0;
  std::string description;
  std::uint32_t flags = 0;
  std::vector<FrameSize> sizes;
};

/** How a plane lies in a buffer. */
struct PlaneFormat {
  std::uint32_t strideBytes = 0;
  std::uint32_t sizeBytes = 0;
};

/** A format as the driver holds it; the enumerations carry the numbers of `videodev2.h`. */
struct Format {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t fourcc = 0;
  std::uint32_t field = 0;
  std::uint32_t colorspace = 0;
  std::uint32_t ycbcrEncoding = 0;
  std::uint32_t quantization = 0;
  std::uint32_t transferFunction = 0;
  std::vector<PlaneFormat> planes;
};

/** What a caller wants of a format. Whatever is left out stays the driver's choice. */
struct FormatRequest {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t fourcc = 0;
  std::optional<std::uint32_t> field, colorspace, ycbcrEncoding, quantization, transferFunction, strideBytes;
};

struct Rectangle {
  std::int32_t left = 0, top = 0;
  std::uint32_t width = 0, height = 0;
};

struct Input {
  std::uint32_t index = 0;
  std::string name;
  std::uint32_t status = 0;
  bool selected = false;
};

/** Every capture format of the device with sizes and intervals, without duplicates. */
std::vector<FormatDescription> enumerateFormats(const Device& device);

Format readFormat(const Device& device);
/** Sets the format and returns what the driver chose, which may differ. Fails with `v4l2.busy` while buffers exist. */
Format writeFormat(const Device& device, const FormatRequest& request);
/** What {@link writeFormat} would return, without changing anything. */
Format tryFormat(const Device& device, const FormatRequest& request);

/** The nominal time between frames, where the driver has one. */
std::optional<Fraction> readFrameInterval(const Device& device);
/** Sets it and returns what the driver chose. */
std::optional<Fraction> writeFrameInterval(const Device& device, Fraction interval);

/** One rectangle (V4L2_SEL_TGT_*) of the capture side, where the driver has it. */
std::optional<Rectangle> readSelection(const Device& device, std::uint32_t target);

std::vector<Input> listInputs(const Device& device);
void selectInput(const Device& device, std::uint32_t index);

}  // namespace v4l2
