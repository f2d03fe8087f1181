#include "frame-writer.h"

#include <algorithm>
#include <cstring>
#include <linux/videodev2.h>

namespace v4l2 {
namespace {

struct MosaicEntry {
  std::uint32_t fourccs[5];
  MosaicFormat format;
};

constexpr MosaicEntry mosaicEntries[] = {
    {{V4L2_PIX_FMT_SBGGR8, V4L2_PIX_FMT_SGBRG8, V4L2_PIX_FMT_SGRBG8, V4L2_PIX_FMT_SRGGB8, V4L2_PIX_FMT_GREY}, {8, false}},
    {{V4L2_PIX_FMT_SBGGR10, V4L2_PIX_FMT_SGBRG10, V4L2_PIX_FMT_SGRBG10, V4L2_PIX_FMT_SRGGB10, V4L2_PIX_FMT_Y10}, {10, false}},
    {{V4L2_PIX_FMT_SBGGR12, V4L2_PIX_FMT_SGBRG12, V4L2_PIX_FMT_SGRBG12, V4L2_PIX_FMT_SRGGB12, V4L2_PIX_FMT_Y12}, {12, false}},
    {{V4L2_PIX_FMT_SBGGR14, V4L2_PIX_FMT_SGBRG14, V4L2_PIX_FMT_SGRBG14, V4L2_PIX_FMT_SRGGB14, V4L2_PIX_FMT_Y14}, {14, false}},
    {{V4L2_PIX_FMT_SBGGR16, V4L2_PIX_FMT_SGBRG16, V4L2_PIX_FMT_SGRBG16, V4L2_PIX_FMT_SRGGB16, V4L2_PIX_FMT_Y16}, {16, false}},
    {{V4L2_PIX_FMT_SBGGR10P, V4L2_PIX_FMT_SGBRG10P, V4L2_PIX_FMT_SGRBG10P, V4L2_PIX_FMT_SRGGB10P, V4L2_PIX_FMT_Y10P}, {10, true}},
    {{V4L2_PIX_FMT_SBGGR12P, V4L2_PIX_FMT_SGBRG12P, V4L2_PIX_FMT_SGRBG12P, V4L2_PIX_FMT_SRGGB12P, 0}, {12, true}},
    {{V4L2_PIX_FMT_SBGGR14P, V4L2_PIX_FMT_SGBRG14P, V4L2_PIX_FMT_SGRBG14P, V4L2_PIX_FMT_SRGGB14P, 0}, {14, true}},
};

/** Bytes of a pixel in formats with one plane of whole pixels; 0 for others. */
std::size_t interleavedPixelBytes(std::uint32_t fourcc) {
  switch (fourcc) {
    case V4L2_PIX_FMT_YUYV:
    case V4L2_PIX_FMT_UYVY:
    case V4L2_PIX_FMT_YVYU:
    case V4L2_PIX_FMT_VYUY:
    case V4L2_PIX_FMT_RGB565: return 2;
    case V4L2_PIX_FMT_RGB24:
    case V4L2_PIX_FMT_BGR24: return 3;
    case V4L2_PIX_FMT_RGBA32:
    case V4L2_PIX_FMT_RGBX32:
    case V4L2_PIX_FMT_ABGR32:
    case V4L2_PIX_FMT_XBGR32:
    case V4L2_PIX_FMT_ARGB32:
    case V4L2_PIX_FMT_XRGB32: return 4;
    default: return 0;
  }
}

/** Rows of interleaved chroma that follow the luma of a semi-planar format; 0 for others. */
std::size_t semiPlanarChromaRows(std::uint32_t fourcc, std::size_t height) {
  switch (fourcc) {
    case V4L2_PIX_FMT_NV12:
    case V4L2_PIX_FMT_NV21:
    case V4L2_PIX_FMT_NV12M:
    case V4L2_PIX_FMT_NV21M: return (height + 1) / 2;
    case V4L2_PIX_FMT_NV16:
    case V4L2_PIX_FMT_NV61:
    case V4L2_PIX_FMT_NV16M:
    case V4L2_PIX_FMT_NV61M: return height;
    default: return 0;
  }
}

}  // namespace

std::optional<MosaicFormat> mosaicFormatOf(std::uint32_t fourcc) {
  for (const MosaicEntry& entry : mosaicEntries) {
    if (fourcc != 0 && std::ranges::find(entry.fourccs, fourcc) != std::end(entry.fourccs)) return entry.format;
  }
  return std::nullopt;
}

FrameWriter::FrameWriter(const Format& format) {
  const std::size_t stride = format.planes.empty() ? 0 : format.planes.front().strideBytes;
  if (const auto known = mosaicFormatOf(format.fourcc)) {
    mosaic_ = MosaicLayout{format.width, format.height, known->bits, known->mipi, stride};
    // Some drivers leave the stride of a format without padding at zero.
    if (stride == 0) mosaic_->strideBytes = mosaic_->rowBytes();
    slotBytes_ = static_cast<std::size_t>(format.width) * format.height * sizeof(std::uint16_t);
    identity_ = !known->mipi && known->bits > 8 && mosaic_->strideBytes == mosaic_->rowBytes();
    return;
  }
  layOutRows(format);
  if (rows_.empty()) {
    for (const PlaneFormat& plane : format.planes) slotBytes_ += plane.sizeBytes;
    identity_ = format.planes.size() == 1;
    return;
  }
  for (const Rows& rows : rows_) slotBytes_ += rows.rowBytes * rows.rows;
  const bool padded = std::ranges::any_of(rows_, [](const Rows& rows) { return rows.strideBytes != rows.rowBytes; });
  identity_ = format.planes.size() == 1 && !padded;
}

void FrameWriter::layOutRows(const Format& format) {
  const std::size_t height = format.height;
  const auto strideOf = [&](std::size_t plane, std::size_t rowBytes) {
    return std::max<std::size_t>(rowBytes, format.planes[plane].strideBytes);
  };
  if (format.planes.empty()) return;
  if (const std::size_t pixelBytes = interleavedPixelBytes(format.fourcc); pixelBytes != 0) {
    const std::size_t rowBytes = format.width * pixelBytes;
    rows_ = {{0, 0, rowBytes, strideOf(0, rowBytes), height}};
  }
  if (const std::size_t chromaRows = semiPlanarChromaRows(format.fourcc, height); chromaRows != 0) {
    const std::size_t chromaBytes = format.width + format.width % 2;
    const std::size_t lumaStride = strideOf(0, format.width);
    const bool ownPlane = format.planes.size() > 1;
    const std::size_t chromaStride = ownPlane ? strideOf(1, chromaBytes) : std::max(lumaStride, chromaBytes);
    rows_ = {{0, 0, format.width, lumaStride, height},
             {ownPlane ? 1u : 0u, ownPlane ? 0 : lumaStride * height, chromaBytes, chromaStride, chromaRows}};
  }
}

std::optional<std::size_t> FrameWriter::write(PlaneBytes planes, std::span<std::uint8_t> slot) const {
  if (planes.empty()) return std::nullopt;
  if (mosaic_) return writeMosaic(planes.front(), slot);
  if (!rows_.empty()) return writeRows(planes, slot);
  std::size_t written = 0;
  for (const auto& plane : planes) {
    if (plane.size() > slot.size() - written) return std::nullopt;
    std::ranges::copy(plane, slot.begin() + static_cast<std::ptrdiff_t>(written));
    written += plane.size();
  }
  return written == 0 ? std::nullopt : std::optional(written);
}

std::optional<std::size_t> FrameWriter::writeMosaic(std::span<const std::uint8_t> source,
                                                    std::span<std::uint8_t> slot) const {
  const std::span samples(reinterpret_cast<std::uint16_t*>(slot.data()), slot.size() / sizeof(std::uint16_t));
  if (!unpackMosaic(source, *mosaic_, samples, bestUnpackPath())) return std::nullopt;
  return slotBytes_;
}

std::optional<std::size_t> FrameWriter::writeRows(PlaneBytes planes, std::span<std::uint8_t> slot) const {
  if (slot.size() < slotBytes_) return std::nullopt;
  std::uint8_t* to = slot.data();
  for (const Rows& rows : rows_) {
    if (rows.plane >= planes.size() || planes[rows.plane].size() < rows.end()) return std::nullopt;
    const std::uint8_t* from = planes[rows.plane].data() + rows.offset;
    for (std::size_t row = 0; row < rows.rows; row++, from += rows.strideBytes, to += rows.rowBytes) {
      std::memcpy(to, from, rows.rowBytes);
    }
  }
  return slotBytes_;
}

}  // namespace v4l2
