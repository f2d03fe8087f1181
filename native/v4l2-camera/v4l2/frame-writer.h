#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats.h"
#include "unpack.h"

namespace v4l2 {

/** How many significant bits a mosaic or grey format's samples have and how they are packed; nothing for other formats. */
struct MosaicFormat {
  std::uint32_t bits = 0;
  bool mipi = false;
};
std::optional<MosaicFormat> mosaicFormatOf(std::uint32_t fourcc);

/** The bytes of each plane of one filled buffer. */
using PlaneBytes = std::span<const std::span<const std::uint8_t>>;

/**
 * Writes the frames of one format into slots: mosaics as 16-bit samples, known video layouts row by row without padding and
 * plane after plane, everything else (such as MJPEG) byte for byte.
 */
class FrameWriter {
 public:
  explicit FrameWriter(const Format& format);

  /** What a slot must hold for every frame of the format. */
  std::size_t slotBytes() const { return slotBytes_; }
  /** What the driver must have written for a frame to be whole: all of it, or anything at all where frames differ in length. */
  std::size_t leastBytes() const { return mosaic_ || !rows_.empty() ? slotBytes_ : 1; }
  /** Whether a slot's content equals the driver's memory, so that the driver may write into the slot itself. */
  bool isIdentity() const { return identity_; }
  /** Returns the bytes written, or nothing when the buffer is too short for a frame or the slot for its content. */
  std::optional<std::size_t> write(PlaneBytes planes, std::span<std::uint8_t> slot) const;

 private:
  /** One run of equal rows in one plane of memory. */
  struct Rows {
    std::size_t plane, offset, rowBytes, strideBytes, rows;
    std::size_t end() const { return rows == 0 ? offset : offset + strideBytes * (rows - 1) + rowBytes; }
  };

  void layOutRows(const Format& format);
  std::optional<std::size_t> writeMosaic(std::span<const std::uint8_t> source, std::span<std::uint8_t> slot) const;
  std::optional<std::size_t> writeRows(PlaneBytes planes, std::span<std::uint8_t> slot) const;

  std::optional<MosaicLayout> mosaic_;
  std::vector<Rows> rows_;
  std::size_t slotBytes_ = 0;
  bool identity_ = false;
};

}  // namespace v4l2
