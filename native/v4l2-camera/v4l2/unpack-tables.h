#pragma once

#include <array>
#include <cstddef>

namespace v4l2 {

/** Which byte of a vector each byte of the result comes from; a negative one gives zero, on every vector unit. */
using Shuffle = std::array<char, 16>;

constexpr std::size_t lanes = 8;

/**
 * Everything that differs between RAW10, RAW12 and RAW14 when eight samples (one 128-bit vector) are unpacked: where the
 * high bytes lie, where the bytes with the low bits lie, and the factor that moves a lane's low bits to a common place.
 */
template <unsigned bits>
struct MipiTable {
  static constexpr unsigned lowBits = bits - 8;
  static constexpr std::size_t groupSamples = lowBits == 4 ? 2 : 4;
  static constexpr std::size_t groupBytes = groupSamples * bits / 8;
  static constexpr std::size_t vectorBytes = lanes * bits / 8;
  /** The largest distance that any lane's low bits must travel, so that one right shift serves all. */
  static constexpr unsigned alignment = lowBits == 4 ? 4 : 6;

  static constexpr unsigned lowPosition(std::size_t lane) { return lane % groupSamples * lowBits; }

  /** High bytes go to the upper half of their lane: shifting right by 8 - lowBits then makes room for the low bits. */
  static constexpr Shuffle high() {
    Shuffle shuffle{};
    for (std::size_t lane = 0; lane < lanes; lane++) {
      shuffle[2 * lane] = -1;
      shuffle[2 * lane + 1] = static_cast<char>(lane / groupSamples * groupBytes + lane % groupSamples);
    }
    return shuffle;
  }

  /** The byte in which a lane's low bits begin, and the next of the group where there is one. */
  static constexpr Shuffle low() {
    Shuffle shuffle{};
    for (std::size_t lane = 0; lane < lanes; lane++) {
      const std::size_t group = lane / groupSamples * groupBytes;
      const std::size_t byte = groupSamples + lowPosition(lane) / 8;
      shuffle[2 * lane] = static_cast<char>(group + byte);
      shuffle[2 * lane + 1] = static_cast<char>(byte + 1 < groupBytes ? group + byte + 1 : 0x80);
    }
    return shuffle;
  }

  static constexpr std::array<short, lanes> factors() {
    std::array<short, lanes> factors{};
    for (std::size_t lane = 0; lane < lanes; lane++) {
      factors[lane] = static_cast<short>(1 << (alignment - lowPosition(lane) % 8));
    }
    return factors;
  }
};

template <unsigned bits>
struct MipiConstants {
  alignas(16) static constexpr Shuffle high = MipiTable<bits>::high();
  alignas(16) static constexpr Shuffle low = MipiTable<bits>::low();
  alignas(16) static constexpr std::array<short, lanes> factors = MipiTable<bits>::factors();
};

}  // namespace v4l2
