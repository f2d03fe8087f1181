#include "unpack-rows.h"

#if defined(__x86_64__)

#include <algorithm>
#include <immintrin.h>

#include "unpack-tables.h"

namespace v4l2 {
namespace {

template <unsigned bits>
__attribute__((target("ssse3"))) void unpackMipiRowSsse3(const std::uint8_t* bytes, std::size_t rowBytes,
                                                         std::uint16_t* samples, std::size_t width) {
  using Table = MipiTable<bits>;
  const __m128i highShuffle = _mm_load_si128(reinterpret_cast<const __m128i*>(MipiConstants<bits>::high.data()));
  const __m128i lowShuffle = _mm_load_si128(reinterpret_cast<const __m128i*>(MipiConstants<bits>::low.data()));
  const __m128i factors = _mm_load_si128(reinterpret_cast<const __m128i*>(MipiConstants<bits>::factors.data()));
  const __m128i mask = _mm_set1_epi16((1 << Table::lowBits) - 1);
  std::size_t from = 0;
  std::size_t x = 0;
  // A load takes 16 bytes although fewer are used: the row's last vectors are left to the scalar twin.
  for (; x + lanes <= width && from + 16 <= rowBytes; x += lanes, from += Table::vectorBytes) {
    const __m128i packed = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + from));
    const __m128i high = _mm_srli_epi16(_mm_shuffle_epi8(packed, highShuffle), 8 - Table::lowBits);
    const __m128i moved = _mm_mullo_epi16(_mm_shuffle_epi8(packed, lowShuffle), factors);
    const __m128i low = _mm_and_si128(_mm_srli_epi16(moved, Table::alignment), mask);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(samples + x), _mm_or_si128(high, low));
  }
  unpackMipiRow<bits>(bytes + from, rowBytes - from, samples + x, width - x);
}

__attribute__((target("avx2"), always_inline)) inline __m256i broadcast(const void* constants) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(static_cast<const __m128i*>(constants)));
}

template <unsigned bits>
__attribute__((target("avx2"))) void unpackMipiRowAvx2(const std::uint8_t* bytes, std::size_t rowBytes,
                                                       std::uint16_t* samples, std::size_t width) {
  using Table = MipiTable<bits>;
  const __m256i highShuffle = broadcast(MipiConstants<bits>::high.data());
  const __m256i lowShuffle = broadcast(MipiConstants<bits>::low.data());
  const __m256i factors = broadcast(MipiConstants<bits>::factors.data());
  const __m256i mask = _mm256_set1_epi16((1 << Table::lowBits) - 1);
  std::size_t from = 0;
  std::size_t x = 0;
  for (; x + 2 * lanes <= width && from + Table::vectorBytes + 16 <= rowBytes;
       x += 2 * lanes, from += 2 * Table::vectorBytes) {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + from));
    const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + from + Table::vectorBytes));
    const __m256i packed = _mm256_set_m128i(second, first);
    const __m256i high = _mm256_srli_epi16(_mm256_shuffle_epi8(packed, highShuffle), 8 - Table::lowBits);
    const __m256i moved = _mm256_mullo_epi16(_mm256_shuffle_epi8(packed, lowShuffle), factors);
    const __m256i low = _mm256_and_si256(_mm256_srli_epi16(moved, Table::alignment), mask);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(samples + x), _mm256_or_si256(high, low));
  }
  unpackMipiRow<bits>(bytes + from, rowBytes - from, samples + x, width - x);
}

__attribute__((target("ssse3"))) void unpackByteRowSsse3(const std::uint8_t* bytes, std::size_t, std::uint16_t* samples,
                                                         std::size_t width) {
  const __m128i zero = _mm_setzero_si128();
  std::size_t x = 0;
  for (; x + 16 <= width; x += 16) {
    const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + x));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(samples + x), _mm_unpacklo_epi8(narrow, zero));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(samples + x + 8), _mm_unpackhi_epi8(narrow, zero));
  }
  std::copy_n(bytes + x, width - x, samples + x);
}

__attribute__((target("avx2"))) void unpackByteRowAvx2(const std::uint8_t* bytes, std::size_t, std::uint16_t* samples,
                                                       std::size_t width) {
  std::size_t x = 0;
  for (; x + 16 <= width; x += 16) {
    const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + x));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(samples + x), _mm256_cvtepu8_epi16(narrow));
  }
  std::copy_n(bytes + x, width - x, samples + x);
}

}  // namespace

RowUnpacker vectorRowUnpacker(const MosaicLayout& layout, UnpackPath path) {
  if (path != UnpackPath::ssse3 && path != UnpackPath::avx2) return nullptr;
  const bool avx2 = path == UnpackPath::avx2;
  switch (layout.bits) {
    case 8: return avx2 ? unpackByteRowAvx2 : unpackByteRowSsse3;
    case 10: return avx2 ? unpackMipiRowAvx2<10> : unpackMipiRowSsse3<10>;
    case 12: return avx2 ? unpackMipiRowAvx2<12> : unpackMipiRowSsse3<12>;
    case 14: return avx2 ? unpackMipiRowAvx2<14> : unpackMipiRowSsse3<14>;
    default: return nullptr;
  }
}

}  // namespace v4l2

#elif !defined(__aarch64__)

namespace v4l2 {

RowUnpacker vectorRowUnpacker(const MosaicLayout&, UnpackPath) {
  return nullptr;
}

}  // namespace v4l2

#endif
