#include "capture-queue.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/stat.h>

#include "error.h"

namespace v4l2 {
namespace {

std::uint32_t memoryOf(MemoryMode mode) {
  switch (mode) {
    case MemoryMode::mmap: return V4L2_MEMORY_MMAP;
    case MemoryMode::userPointer: return V4L2_MEMORY_USERPTR;
    case MemoryMode::dmaBuf: return V4L2_MEMORY_DMABUF;
  }
  return 0;
}

/** Modulo 2^64, since the kernel's own count wraps: its lowest whole second lies below what 64 bits of nanoseconds hold. */
std::int64_t nanosecondsOf(const timeval& time) {
  const std::uint64_t seconds = static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000;
  return static_cast<std::int64_t>(seconds + static_cast<std::uint64_t>(time.tv_usec) * 1'000);
}

std::size_t sizeOfDmaBuf(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && status.st_size > 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

}  // namespace

/** A v4l2_buffer whose planes, where the API has them, lie beside it. */
struct CaptureQueue::RawBuffer {
  RawBuffer(const CaptureQueue& queue, std::uint32_t index) : multiPlanar(queue.device_.capability().multiPlanar()) {
    buffer.type = queue.type_;
    buffer.memory = memoryOf(queue.mode_);
    buffer.index = index;
    if (!multiPlanar) return;
    buffer.m.planes = planes.data();
    buffer.length = static_cast<std::uint32_t>(queue.planesPerBuffer_);
  }
  RawBuffer(const RawBuffer&) = delete;

  std::size_t length(std::size_t plane) const { return multiPlanar ? planes[plane].length : buffer.length; }
  off_t offset(std::size_t plane) const { return multiPlanar ? planes[plane].m.mem_offset : buffer.m.offset; }
  void setDmaBuf(std::size_t plane, int fd) {
    if (multiPlanar) {
      planes[plane].m.fd = fd;
    } else {
      buffer.m.fd = fd;
    }
  }
  void setPointer(std::span<std::uint8_t> memory) {
    const auto address = reinterpret_cast<unsigned long>(memory.data());
    const auto length = static_cast<std::uint32_t>(memory.size());
    if (multiPlanar) {
      planes[0].m.userptr = address;
      planes[0].length = length;
    } else {
      buffer.m.userptr = address;
      buffer.length = length;
    }
  }

  const bool multiPlanar;
  v4l2_buffer buffer{};
  std::array<v4l2_plane, VIDEO_MAX_PLANES> planes{};
};

CaptureQueue::CaptureQueue(const Device& device, MemoryMode mode, std::uint32_t count, std::size_t planesPerBuffer,
                           std::vector<int> dmaBufs)
    : device_(device), mode_(mode), type_(device.bufferType()), planesPerBuffer_(planesPerBuffer), dmaBufs_(std::move(dmaBufs)) {
  v4l2_requestbuffers request{};
  request.count = count;
  request.type = type_;
  request.memory = memoryOf(mode);
  device.call(VIDIOC_REQBUFS, &request, "VIDIOC_REQBUFS");
  count_ = mode == MemoryMode::dmaBuf ? std::min(request.count, count) : request.count;
  if (mode == MemoryMode::userPointer) return;
  for (std::uint32_t index = 0; index < count_; index++) mapBuffer(index);
}

CaptureQueue::~CaptureQueue() {
  int type = static_cast<int>(type_);
  // An unplugged device refuses both; there is nothing left to free in the driver then.
  if (streaming_) device_.attempt(VIDIOC_STREAMOFF, &type);
  mappings_.clear();
  v4l2_requestbuffers none{};
  none.type = type_;
  none.memory = memoryOf(mode_);
  device_.attempt(VIDIOC_REQBUFS, &none);
}

void CaptureQueue::mapBuffer(std::uint32_t index) {
  RawBuffer raw(*this, index);
  if (mode_ == MemoryMode::mmap) device_.call(VIDIOC_QUERYBUF, &raw.buffer, "VIDIOC_QUERYBUF");
  for (std::size_t plane = 0; plane < planesPerBuffer_; plane++) {
    if (mode_ == MemoryMode::mmap) {
      mappings_.emplace_back(device_.calls(), device_.fd(), raw.length(plane), raw.offset(plane));
    } else {
      const int fd = dmaBufs_[index * planesPerBuffer_ + plane];
      mappings_.emplace_back(device_.calls(), fd, sizeOfDmaBuf(fd), 0);
    }
  }
}

void CaptureQueue::streamOn() {
  int type = static_cast<int>(type_);
  device_.call(VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
  streaming_ = true;
}

int CaptureQueue::enqueue(RawBuffer& raw) {
  return device_.attempt(VIDIOC_QBUF, &raw.buffer);
}

int CaptureQueue::queue(std::uint32_t index) {
  RawBuffer raw(*this, index);
  if (mode_ == MemoryMode::dmaBuf) {
    for (std::size_t plane = 0; plane < planesPerBuffer_; plane++) {
      raw.setDmaBuf(plane, dmaBufs_[index * planesPerBuffer_ + plane]);
    }
  }
  return enqueue(raw);
}

int CaptureQueue::queue(std::uint32_t index, std::span<std::uint8_t> memory) {
  RawBuffer raw(*this, index);
  raw.setPointer(memory);
  return enqueue(raw);
}

int CaptureQueue::dequeue(FilledBuffer& filled) {
  RawBuffer raw(*this, 0);
  if (const int errnoValue = device_.attempt(VIDIOC_DQBUF, &raw.buffer); errnoValue != 0) return errnoValue;
  const v4l2_buffer& buffer = raw.buffer;
  filled = {buffer.index, buffer.sequence, nanosecondsOf(buffer.timestamp), 0, buffer.flags, buffer.field, {}};
  if (!raw.multiPlanar) {
    filled.planes.push_back({buffer.bytesused, 0});
  } else {
    for (std::size_t i = 0; i < std::min<std::size_t>(buffer.length, planesPerBuffer_); i++) {
      filled.planes.push_back({raw.planes[i].bytesused, raw.planes[i].data_offset});
    }
  }
  for (const FilledBuffer::Plane& plane : filled.planes) filled.bytesUsed += plane.bytesUsed;
  return 0;
}

std::vector<std::span<const std::uint8_t>> CaptureQueue::beginAccess(const FilledBuffer& buffer) {
  if (mode_ == MemoryMode::dmaBuf) syncDmaBufs(buffer.index, DMA_BUF_SYNC_START);
  std::vector<std::span<const std::uint8_t>> planes;
  for (std::size_t i = 0; i < buffer.planes.size(); i++) {
    const std::span<const std::uint8_t> memory = mappings_[buffer.index * planesPerBuffer_ + i].bytes();
    // The numbers come from the driver: none may lead outside the mapping.
    const std::size_t end = std::min<std::size_t>(buffer.planes[i].bytesUsed, memory.size());
    const std::size_t begin = std::min<std::size_t>(buffer.planes[i].dataOffset, end);
    planes.push_back(memory.subspan(begin, end - begin));
  }
  return planes;
}

void CaptureQueue::endAccess(const FilledBuffer& buffer) {
  if (mode_ == MemoryMode::dmaBuf) syncDmaBufs(buffer.index, DMA_BUF_SYNC_END);
}

void CaptureQueue::syncDmaBufs(std::uint32_t index, std::uint64_t flags) {
  for (std::size_t plane = 0; plane < planesPerBuffer_; plane++) {
    dma_buf_sync sync{flags | DMA_BUF_SYNC_READ};
    // Exporters whose memory is coherent do not offer it.
    device_.calls().ioctl(dmaBufs_[index * planesPerBuffer_ + plane], DMA_BUF_IOCTL_SYNC, &sync);
  }
}

std::vector<UniqueFd> CaptureQueue::exportBuffers() const {
  if (mode_ != MemoryMode::mmap) {
    throw Error("v4l2.unsupported", "Expected a stream with memory \"mmap\" for exporting its buffers", EINVAL);
  }
  std::vector<UniqueFd> fds;
  for (std::uint32_t index = 0; index < count_; index++) {
    for (std::size_t plane = 0; plane < planesPerBuffer_; plane++) {
      v4l2_exportbuffer request{};
      request.type = type_;
      request.index = index;
      request.plane = static_cast<std::uint32_t>(plane);
      request.flags = O_CLOEXEC | O_RDWR;
      device_.call(VIDIOC_EXPBUF, &request, "VIDIOC_EXPBUF");
      fds.emplace_back(request.fd);
    }
  }
  return fds;
}

}  // namespace v4l2
