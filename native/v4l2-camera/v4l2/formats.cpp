#include "formats.h"

#include <algorithm>
#include <cerrno>

#include "error.h"

namespace v4l2 {
namespace {

Fraction fractionOf(const v4l2_fract& fraction) {
  return {fraction.numerator, fraction.denominator};
}

Intervals enumerateIntervals(const Device& device, std::uint32_t fourcc, std::uint32_t width, std::uint32_t height) {
  Intervals intervals;
  for (std::uint32_t index = 0;; index++) {
    v4l2_frmivalenum entry{};
    entry.index = index;
    entry.pixel_format = fourcc;
    entry.width = width;
    entry.height = height;
    if (device.attempt(VIDIOC_ENUM_FRAMEINTERVALS, &entry) != 0) return intervals;
    if (entry.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
      intervals.minimumMaximumStep = {fractionOf(entry.stepwise.min), fractionOf(entry.stepwise.max),
                                      fractionOf(entry.stepwise.step)};
      return intervals;
    }
    intervals.discrete.push_back(fractionOf(entry.discrete));
  }
}

std::vector<FrameSize> enumerateSizes(const Device& device, std::uint32_t fourcc) {
  std::vector<FrameSize> sizes;
  for (std::uint32_t index = 0;; index++) {
    v4l2_frmsizeenum entry{};
    entry.index = index;
    entry.pixel_format = fourcc;
    if (device.attempt(VIDIOC_ENUM_FRAMESIZES, &entry) != 0) return sizes;
    if (entry.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
      const auto [width, height] = entry.discrete;
      sizes.push_back({width, width, 0, height, height, 0, enumerateIntervals(device, fourcc, width, height)});
      continue;
    }
    const v4l2_frmsize_stepwise& range = entry.stepwise;
    sizes.push_back({range.min_width, range.max_width, range.step_width, range.min_height, range.max_height,
                     range.step_height, enumerateIntervals(device, fourcc, range.max_width, range.max_height)});
    return sizes;
  }
}

template <typename PixelFormat>
void readCommon(Format& format, const PixelFormat& pixels) {
  format.width = pixels.width;
  format.height = pixels.height;
  format.fourcc = pixels.pixelformat;
  format.field = pixels.field;
  format.colorspace = pixels.colorspace;
  format.ycbcrEncoding = pixels.ycbcr_enc;
  format.quantization = pixels.quantization;
  format.transferFunction = pixels.xfer_func;
}

Format formatOf(const v4l2_format& raw) {
  Format format;
  if (raw.type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE) {
    const v4l2_pix_format_mplane& pixels = raw.fmt.pix_mp;
    readCommon(format, pixels);
    for (std::size_t i = 0; i < std::min<std::size_t>(pixels.num_planes, VIDEO_MAX_PLANES); i++) {
      format.planes.push_back({pixels.plane_fmt[i].bytesperline, pixels.plane_fmt[i].sizeimage});
    }
  } else {
    const v4l2_pix_format& pixels = raw.fmt.pix;
    readCommon(format, pixels);
    format.planes.push_back({pixels.bytesperline, pixels.sizeimage});
  }
  return format;
}

template <typename PixelFormat>
void writeCommon(PixelFormat& pixels, const FormatRequest& request) {
  pixels.width = request.width;
  pixels.height = request.height;
  pixels.pixelformat = request.fourcc;
  pixels.field = request.field.value_or(V4L2_FIELD_ANY);
  pixels.colorspace = request.colorspace.value_or(V4L2_COLORSPACE_DEFAULT);
  pixels.ycbcr_enc = static_cast<decltype(pixels.ycbcr_enc)>(request.ycbcrEncoding.value_or(V4L2_YCBCR_ENC_DEFAULT));
  pixels.quantization = static_cast<decltype(pixels.quantization)>(request.quantization.value_or(V4L2_QUANTIZATION_DEFAULT));
  pixels.xfer_func = static_cast<decltype(pixels.xfer_func)>(request.transferFunction.value_or(V4L2_XFER_FUNC_DEFAULT));
  const bool conversion = request.colorspace || request.ycbcrEncoding || request.quantization || request.transferFunction;
  // Without the flag a capture driver only reports its colourspace and ignores a wanted one.
  if (conversion) pixels.flags = static_cast<decltype(pixels.flags)>(V4L2_PIX_FMT_FLAG_SET_CSC);
}

v4l2_format rawRequest(const Device& device, const FormatRequest& request) {
  v4l2_format raw{};
  raw.type = device.bufferType();
  if (raw.type == V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE) {
    writeCommon(raw.fmt.pix_mp, request);
    raw.fmt.pix_mp.num_planes = 1;
    raw.fmt.pix_mp.plane_fmt[0].bytesperline = request.strideBytes.value_or(0);
  } else {
    raw.fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    writeCommon(raw.fmt.pix, request);
    raw.fmt.pix.bytesperline = request.strideBytes.value_or(0);
  }
  return raw;
}

}  // namespace

std::string fourccText(std::uint32_t fourcc) {
  std::string text;
  for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>((fourcc >> shift) & 0x7f);
  return (fourcc & (1u << 31)) != 0 ? text + "-BE" : text;
}

std::vector<FormatDescription> enumerateFormats(const Device& device) {
  std::vector<FormatDescription> formats;
  for (std::uint32_t index = 0;; index++) {
    v4l2_fmtdesc entry{};
    entry.index = index;
    entry.type = device.bufferType();
    const int errnoValue = device.attempt(VIDIOC_ENUM_FMT, &entry);
    if (errnoValue == EINVAL) return formats;
    if (errnoValue != 0) throw systemError(errnoValue, "VIDIOC_ENUM_FMT", device.path());
    const auto same = [&](const FormatDescription& known) { return known.fourcc == entry.pixelformat; };
    if (std::any_of(formats.begin(), formats.end(), same)) continue;
    formats.push_back({entry.pixelformat, textOf(entry.description), entry.flags, enumerateSizes(device, entry.pixelformat)});
  }
}

Format readFormat(const Device& device) {
  v4l2_format raw{};
  raw.type = device.bufferType();
  device.call(VIDIOC_G_FMT, &raw, "VIDIOC_G_FMT");
  return formatOf(raw);
}

Format writeFormat(const Device& device, const FormatRequest& request) {
  v4l2_format raw = rawRequest(device, request);
  device.call(VIDIOC_S_FMT, &raw, "VIDIOC_S_FMT");
  return formatOf(raw);
}

Format tryFormat(const Device& device, const FormatRequest& request) {
  v4l2_format raw = rawRequest(device, request);
  device.call(VIDIOC_TRY_FMT, &raw, "VIDIOC_TRY_FMT");
  return formatOf(raw);
}

std::optional<Fraction> readFrameInterval(const Device& device) {
  v4l2_streamparm parameters{};
  parameters.type = device.bufferType();
  if (device.attempt(VIDIOC_G_PARM, &parameters) != 0) return std::nullopt;
  const Fraction interval = fractionOf(parameters.parm.capture.timeperframe);
  if (interval.numerator == 0 || interval.denominator == 0) return std::nullopt;
  return interval;
}

std::optional<Fraction> writeFrameInterval(const Device& device, Fraction interval) {
  v4l2_streamparm parameters{};
  parameters.type = device.bufferType();
  parameters.parm.capture.timeperframe = {interval.numerator, interval.denominator};
  device.call(VIDIOC_S_PARM, &parameters, "VIDIOC_S_PARM");
  return readFrameInterval(device);
}

std::optional<Rectangle> readSelection(const Device& device, std::uint32_t target) {
  v4l2_selection selection{};
  // The selection interface names both capture kinds by the single-planar type.
  selection.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  selection.target = target;
  if (device.attempt(VIDIOC_G_SELECTION, &selection) != 0) return std::nullopt;
  return Rectangle{selection.r.left, selection.r.top, selection.r.width, selection.r.height};
}

std::vector<Input> listInputs(const Device& device) {
  std::vector<Input> inputs;
  int selected = -1;
  device.attempt(VIDIOC_G_INPUT, &selected);
  for (std::uint32_t index = 0;; index++) {
    v4l2_input entry{};
    entry.index = index;
    if (device.attempt(VIDIOC_ENUMINPUT, &entry) != 0) return inputs;
    inputs.push_back({index, textOf(entry.name), entry.status, static_cast<int>(index) == selected});
  }
}

void selectInput(const Device& device, std::uint32_t index) {
  int value = static_cast<int>(index);
  device.call(VIDIOC_S_INPUT, &value, "VIDIOC_S_INPUT");
}

}  // namespace v4l2
