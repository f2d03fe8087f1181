#include "unpack-rows.h"

#if defined(__aarch64__)

#include <algorithm>
#include <arm_neon.h>

#include "unpack-tables.h"

namespace v4l2 {
namespace {

uint8x16_t shuffleOf(const Shuffle& shuffle) {
  return vld1q_u8(reinterpret_cast<const std::uint8_t*>(shuffle.data()));
}

/** The same steps as on x86: NEON's table lookup gives zero for every index beyond the vector. */
template <unsigned bits>
void unpackMipiRowNeon(const std::uint8_t* bytes, std::size_t rowBytes, std::uint16_t* samples, std::size_t width) {
  using Table = MipiTable<bits>;
  const uint8x16_t highShuffle = shuffleOf(MipiConstants<bits>::high);
  const uint8x16_t lowShuffle = shuffleOf(MipiConstants<bits>::low);
  const uint16x8_t factors = vreinterpretq_u16_s16(vld1q_s16(MipiConstants<bits>::factors.data()));
  const uint16x8_t mask = vdupq_n_u16((1 << Table::lowBits) - 1);
  std::size_t from = 0;
  std::size_t x = 0;
  for (; x + lanes <= width && from + 16 <= rowBytes; x += lanes, from += Table::vectorBytes) {
    const uint8x16_t packed = vld1q_u8(bytes + from);
    const uint16x8_t high =
        vshrq_n_u16(vreinterpretq_u16_u8(vqtbl1q_u8(packed, highShuffle)), static_cast<int>(8 - Table::lowBits));
    const uint16x8_t moved = vmulq_u16(vreinterpretq_u16_u8(vqtbl1q_u8(packed, lowShuffle)), factors);
    const uint16x8_t low = vandq_u16(vshrq_n_u16(moved, static_cast<int>(Table::alignment)), mask);
    vst1q_u16(samples + x, vorrq_u16(high, low));
  }
  unpackMipiRow<bits>(bytes + from, rowBytes - from, samples + x, width - x);
}

void unpackByteRowNeon(const std::uint8_t* bytes, std::size_t, std::uint16_t* samples, std::size_t width) {
  std::size_t x = 0;
  for (; x + 16 <= width; x += 16) {
    const uint8x16_t narrow = vld1q_u8(bytes + x);
    vst1q_u16(samples + x, vmovl_u8(vget_low_u8(narrow)));
    vst1q_u16(samples + x + 8, vmovl_high_u8(narrow));
  }
  std::copy_n(bytes + x, width - x, samples + x);
}

}  // namespace

RowUnpacker vectorRowUnpacker(const MosaicLayout& layout, UnpackPath path) {
  if (path != UnpackPath::neon) return nullptr;
  switch (layout.bits) {
    case 8: return unpackByteRowNeon;
    case 10: return unpackMipiRowNeon<10>;
    case 12: return unpackMipiRowNeon<12>;
    case 14: return unpackMipiRowNeon<14>;
    default: return nullptr;
  }
}

}  // namespace v4l2

#endif
