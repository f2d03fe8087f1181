#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "unique-fd.h"

namespace v4l2 {

/** What kinds of shareable memory this machine gives; a kind that it lacks comes with the reason. */
struct AllocatorReport {
  std::string name;
  bool available = false;
  /** Why not, in words for a person; empty where available. */
  std::string reason;
};

/** memfd, udmabuf, and one entry per dma-heap of the kernel (`dma-heap:system`…). Opens devices, allocates nothing. */
std::vector<AllocatorReport> reportAllocators(const std::string& devRoot = "/dev");

/** Anonymous memory of a fixed size: sealed against shrinking and growing, so that no mapping can fault. Throws Error. */
UniqueFd allocateMemfd(std::size_t bytes);

/** A dma-buf over sealed anonymous memory; `bytes` is rounded up to pages. Throws Error where the kernel has no udmabuf. */
UniqueFd allocateUdmabuf(std::size_t bytes, const std::string& devRoot = "/dev");

/** A dma-buf of the named heap. Throws Error where the kernel has no such heap. */
UniqueFd allocateFromHeap(const std::string& heap, std::size_t bytes, const std::string& devRoot = "/dev");

/**
 * Copies out of memory behind a descriptor, from `offset` on, with the cache maintenance that a dma-buf asks for. Throws Error where
 * the memory ends before.
 */
void readMemory(int fd, std::size_t offset, std::span<std::uint8_t> target);

/** Copies into it, likewise. */
void writeMemory(int fd, std::size_t offset, std::span<const std::uint8_t> source);

}  // namespace v4l2
