#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "system-calls.h"

namespace v4l2 {

/** Owns one shared mapping of a driver's, memfd's or dma-buf's memory. */
class MappedBuffer {
 public:
  MappedBuffer() = default;
  /** Maps or throws Error. */
  MappedBuffer(SystemCalls& calls, int fd, std::size_t length, off_t offset);
  MappedBuffer(MappedBuffer&& other) noexcept
      : calls_(other.calls_), address_(std::exchange(other.address_, nullptr)), length_(std::exchange(other.length_, 0)) {}
  MappedBuffer& operator=(MappedBuffer&& other) noexcept {
    std::swap(calls_, other.calls_);
    std::swap(address_, other.address_);
    std::swap(length_, other.length_);
    return *this;
  }
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  ~MappedBuffer();

  std::span<const std::uint8_t> bytes() const { return {static_cast<const std::uint8_t*>(address_), length_}; }
  std::span<std::uint8_t> writableBytes() { return {static_cast<std::uint8_t*>(address_), length_}; }

 private:
  SystemCalls* calls_ = nullptr;
  void* address_ = nullptr;
  std::size_t length_ = 0;
};

}  // namespace v4l2
