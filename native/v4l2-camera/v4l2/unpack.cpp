#include "unpack.h"

#include <cstring>

#include "unpack-rows.h"

namespace v4l2 {

std::size_t MosaicLayout::rowBytes() const {
  if (mipi && bits != 8) return (static_cast<std::size_t>(width) * bits + 7) / 8;
  return static_cast<std::size_t>(width) * (bits == 8 ? 1 : 2);
}

std::size_t MosaicLayout::frameBytes() const {
  return strideBytes * (height - 1) + rowBytes();
}

bool MosaicLayout::isValid() const {
  const bool known = mipi ? bits == 8 || bits == 10 || bits == 12 || bits == 14 : bits >= 8 && bits <= 16;
  return known && width > 0 && height > 0 && strideBytes >= rowBytes();
}

std::vector<UnpackPath> availableUnpackPaths() {
  std::vector<UnpackPath> paths{UnpackPath::scalar};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("ssse3")) paths.push_back(UnpackPath::ssse3);
  if (__builtin_cpu_supports("avx2")) paths.push_back(UnpackPath::avx2);
#elif defined(__aarch64__)
  // Every processor of this family has it.
  paths.push_back(UnpackPath::neon);
#endif
  return paths;
}

const char* nameOf(UnpackPath path) {
  switch (path) {
    case UnpackPath::ssse3: return "ssse3";
    case UnpackPath::avx2: return "avx2";
    case UnpackPath::neon: return "neon";
    default: return "scalar";
  }
}

UnpackPath bestUnpackPath() {
  static const UnpackPath best = availableUnpackPaths().back();
  return best;
}

bool unpackMosaic(std::span<const std::uint8_t> source, const MosaicLayout& layout, std::span<std::uint16_t> samples,
                  UnpackPath path) {
  if (!layout.isValid() || source.size() < layout.frameBytes()) return false;
  if (samples.size() < static_cast<std::size_t>(layout.width) * layout.height) return false;
  const RowUnpacker unpackRow = rowUnpacker(layout, path);
  const std::size_t rowBytes = layout.rowBytes();
  for (std::size_t row = 0; row < layout.height; row++) {
    unpackRow(source.data() + row * layout.strideBytes, rowBytes, samples.data() + row * layout.width, layout.width);
  }
  return true;
}

}  // namespace v4l2
