#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace v4l2 {

/** How the rows of one mosaic lie in memory. */
struct MosaicLayout {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  /** Significant bits of a sample, 8 to 16; MIPI packing exists for 10, 12 and 14. */
  std::uint32_t bits = 0;
  bool mipi = false;
  std::size_t strideBytes = 0;

  /** Bytes of one row without padding. */
  std::size_t rowBytes() const;
  /** Bytes of the whole mosaic: the last row needs no padding after it. */
  std::size_t frameBytes() const;
  /** Whether an unpacker exists and the stride holds a row. */
  bool isValid() const;
};

/** The instruction sets that unpackers are written for. All give the same bits. */
enum class UnpackPath { scalar, ssse3, avx2, neon };

/** The paths' names, as the face and the benchmarks print them. */
const char* nameOf(UnpackPath path);

/** The paths that this processor can run, slowest first. */
std::vector<UnpackPath> availableUnpackPaths();

/** The fastest path that this processor can run. */
UnpackPath bestUnpackPath();

/**
 * Writes a mosaic as 16-bit samples, row by row without padding. Unpacked input is one byte (8 bit) or one little-endian
 * word (more); MIPI is CSI-2 RAW10, RAW12 or RAW14. Returns false and writes nothing when the layout is invalid or either
 * buffer is too short. Never reads beyond `source`.
 */
bool unpackMosaic(std::span<const std::uint8_t> source, const MosaicLayout& layout, std::span<std::uint16_t> samples,
                  UnpackPath path);

}  // namespace v4l2
