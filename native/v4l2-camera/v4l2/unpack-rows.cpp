#include "unpack-rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace v4l2 {
namespace {

static_assert(std::endian::native == std::endian::little, "V4L2's unpacked mosaics are little-endian words");

void unpackByteRow(const std::uint8_t* bytes, std::size_t, std::uint16_t* samples, std::size_t width) {
  std::copy_n(bytes, width, samples);
}

void unpackWordRow(const std::uint8_t* bytes, std::size_t rowBytes, std::uint16_t* samples, std::size_t) {
  std::memcpy(samples, bytes, rowBytes);
}

}  // namespace

template <unsigned bits>
void unpackMipiRow(const std::uint8_t* bytes, std::size_t, std::uint16_t* samples, std::size_t width) {
  constexpr unsigned lowBits = bits - 8;
  constexpr std::size_t groupSamples = lowBits == 4 ? 2 : 4;
  constexpr unsigned mask = (1u << lowBits) - 1;
  for (std::size_t x = 0; x < width; x += groupSamples) {
    // A group that the row's end cuts short keeps the order: high bytes first, then the low bits it needs.
    const std::size_t count = std::min(groupSamples, width - x);
    const std::size_t lowBytes = (count * lowBits + 7) / 8;
    unsigned lows = 0;
    for (std::size_t i = 0; i < lowBytes; i++) lows |= static_cast<unsigned>(bytes[count + i]) << (8 * i);
    for (std::size_t i = 0; i < count; i++) {
      samples[x + i] = static_cast<std::uint16_t>((bytes[i] << lowBits) | ((lows >> (i * lowBits)) & mask));
    }
    bytes += count + lowBytes;
  }
}

template void unpackMipiRow<10>(const std::uint8_t*, std::size_t, std::uint16_t*, std::size_t);
template void unpackMipiRow<12>(const std::uint8_t*, std::size_t, std::uint16_t*, std::size_t);
template void unpackMipiRow<14>(const std::uint8_t*, std::size_t, std::uint16_t*, std::size_t);

RowUnpacker rowUnpacker(const MosaicLayout& layout, UnpackPath path) {
  if (!layout.mipi && layout.bits > 8) return unpackWordRow;
  if (const RowUnpacker vector = vectorRowUnpacker(layout, path)) return vector;
  switch (layout.bits) {
    case 10: return unpackMipiRow<10>;
    case 12: return unpackMipiRow<12>;
    case 14: return unpackMipiRow<14>;
    default: return unpackByteRow;
  }
}

}  // namespace v4l2
