#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "device.h"
#include "mapped-buffer.h"
#include "unique-fd.h"

namespace v4l2 {

/** Whose memory the driver fills: its own, the slots themselves, or dma-bufs of another device. */
enum class MemoryMode { mmap, userPointer, dmaBuf };

/** A buffer that came back from the driver. */
struct FilledBuffer {
  std::uint32_t index = 0;
  std::uint32_t sequence = 0;
  std::int64_t timestampNs = 0;
  std::uint32_t bytesUsed = 0;
  std::uint32_t flags = 0;
  std::uint32_t field = 0;
  struct Plane {
    std::uint32_t bytesUsed = 0;
    std::uint32_t dataOffset = 0;
  };
  std::vector<Plane> planes;
};

/**
 * The driver's buffer queue. Making one allocates and maps the buffers; destroying one stops the stream, unmaps and frees
 * them, in that order. Used on one thread.
 */
class CaptureQueue {
 public:
  /** Throws Error. `dmaBufs` holds one descriptor per buffer and plane, buffer by buffer; it stays the caller's. */
  CaptureQueue(const Device& device, MemoryMode mode, std::uint32_t count, std::size_t planesPerBuffer,
               std::vector<int> dmaBufs);
  CaptureQueue(const CaptureQueue&) = delete;
  CaptureQueue& operator=(const CaptureQueue&) = delete;
  ~CaptureQueue();

  /** How many buffers the driver gave, which may be more or fewer than wanted. */
  std::uint32_t count() const { return count_; }
  void streamOn();

  /** Gives a buffer to the driver; returns 0 or the errno. */
  int queue(std::uint32_t index);
  /** As {@link queue}, with memory of the caller's that must stay until the buffer comes back or the queue ends. */
  int queue(std::uint32_t index, std::span<std::uint8_t> memory);
  /** Takes a filled buffer; returns 0, EAGAIN when there is none, or another errno. */
  int dequeue(FilledBuffer& buffer);

  /** Begins reading a filled buffer's content, one span per plane. Valid until {@link endAccess}. */
  std::vector<std::span<const std::uint8_t>> beginAccess(const FilledBuffer& buffer);
  void endAccess(const FilledBuffer& buffer);

  /** The buffers as dma-buf descriptors, one per buffer and plane (VIDIOC_EXPBUF). Throws Error. */
  std::vector<UniqueFd> exportBuffers() const;

 private:
  struct RawBuffer;
  int enqueue(RawBuffer& raw);
  void mapBuffer(std::uint32_t index);
  void syncDmaBufs(std::uint32_t index, std::uint64_t flags);

  const Device& device_;
  const MemoryMode mode_;
  const std::uint32_t type_;
  std::uint32_t count_ = 0;
  std::size_t planesPerBuffer_;
  std::vector<int> dmaBufs_;
  std::vector<MappedBuffer> mappings_;
  bool streaming_ = false;
};

}  // namespace v4l2
