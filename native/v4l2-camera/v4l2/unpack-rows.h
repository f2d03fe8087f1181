#pragma once

#include <cstddef>
#include <cstdint>

#include "unpack.h"

namespace v4l2 {

/** Unpacks one row of `width` samples from exactly `rowBytes` readable bytes at any alignment. */
using RowUnpacker = void (*)(const std::uint8_t* bytes, std::size_t rowBytes, std::uint16_t* samples, std::size_t width);

/** The row unpacker of a valid layout. */
RowUnpacker rowUnpacker(const MosaicLayout& layout, UnpackPath path);

/** The plain twin that defines what every other path must give; also finishes the rows that those begin. */
template <unsigned bits>
void unpackMipiRow(const std::uint8_t* bytes, std::size_t rowBytes, std::uint16_t* samples, std::size_t width);

/** The vector paths, or null where this processor's family has none. */
RowUnpacker vectorRowUnpacker(const MosaicLayout& layout, UnpackPath path);

}  // namespace v4l2
