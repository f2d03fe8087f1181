#include "allocators.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "error.h"
#include "mapped-buffer.h"
#include "system-calls.h"

namespace v4l2 {
namespace {

std::size_t roundUpToPages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

UniqueFd openOrThrow(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd) throw systemError(errno, "open", path);
  return fd;
}

/** Access of the processor to memory that devices share: between its begin and its end the caches are coherent. */
class ProcessorAccess {
 public:
  ProcessorAccess(int fd, std::uint64_t direction) : fd_(fd), direction_(direction) { sync(DMA_BUF_SYNC_START); }
  ProcessorAccess(const ProcessorAccess&) = delete;
  ProcessorAccess& operator=(const ProcessorAccess&) = delete;
  ~ProcessorAccess() { sync(DMA_BUF_SYNC_END); }

 private:
  /** Memory that no device shares knows no such call and needs none. */
  void sync(std::uint64_t phase) const {
    dma_buf_sync request{phase | direction_};
    while (::ioctl(fd_, DMA_BUF_IOCTL_SYNC, &request) != 0 && (errno == EINTR || errno == EAGAIN)) {
    }
  }

  int fd_;
  std::uint64_t direction_;
};

/** Maps memory from its beginning, which is where every mapping may begin, up to `end`. */
MappedBuffer mapUpTo(int fd, std::size_t end) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0) throw systemError(errno, "lseek", "memory behind a descriptor");
  if (end > static_cast<std::size_t>(size)) throw systemError(EINVAL, "mmap", std::to_string(end) + " bytes");
  return {kernel(), fd, end, 0};
}

AllocatorReport reportNode(const std::string& name, const std::string& path, int flags) {
  try {
    openOrThrow(path, flags);
    return {name, true, ""};
  } catch (const Error& error) {
    return {name, false, error.what()};
  }
}

}  // namespace

std::vector<AllocatorReport> reportAllocators(const std::string& devRoot) {
  std::vector<AllocatorReport> reports{{"memfd", true, ""}, reportNode("udmabuf", devRoot + "/udmabuf", O_RDWR)};
  std::error_code error;
  std::filesystem::directory_iterator heap(devRoot + "/dma_heap", error);
  if (error) reports.push_back({"dma-heap", false, "This kernel has no dma-heaps (" + devRoot + "/dma_heap is missing)"});
  for (const std::filesystem::directory_iterator end; heap != end; heap.increment(error)) {
    reports.push_back(reportNode("dma-heap:" + heap->path().filename().string(), heap->path(), O_RDONLY));
  }
  return reports;
}

UniqueFd allocateMemfd(std::size_t bytes) {
  UniqueFd fd(memfd_create("camera-slots", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0 ||
      fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    throw systemError(errno, "memfd_create", std::to_string(bytes) + " bytes");
  }
  return fd;
}

UniqueFd allocateUdmabuf(std::size_t bytes, const std::string& devRoot) {
  const UniqueFd device = openOrThrow(devRoot + "/udmabuf", O_RDWR);
  UniqueFd memory(memfd_create("camera-slots", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const std::size_t size = roundUpToPages(bytes);
  // udmabuf takes only memory that can never shrink and is not sealed against writing.
  if (!memory || ftruncate(memory.get(), static_cast<off_t>(size)) != 0 ||
      fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
    throw systemError(errno, "memfd_create", std::to_string(size) + " bytes");
  }
  udmabuf_create request{static_cast<std::uint32_t>(memory.get()), UDMABUF_FLAGS_CLOEXEC, 0, size};
  UniqueFd buffer(::ioctl(device.get(), UDMABUF_CREATE, &request));
  if (!buffer) throw systemError(errno, "UDMABUF_CREATE", devRoot + "/udmabuf");
  return buffer;
}

UniqueFd allocateFromHeap(const std::string& heap, std::size_t bytes, const std::string& devRoot) {
  const std::string path = devRoot + "/dma_heap/" + heap;
  const UniqueFd device = openOrThrow(path, O_RDONLY);
  dma_heap_allocation_data request{};
  request.len = roundUpToPages(bytes);
  request.fd_flags = O_RDWR | O_CLOEXEC;
  if (::ioctl(device.get(), DMA_HEAP_IOCTL_ALLOC, &request) != 0) throw systemError(errno, "DMA_HEAP_IOCTL_ALLOC", path);
  return UniqueFd(static_cast<int>(request.fd));
}

void readMemory(int fd, std::size_t offset, std::span<std::uint8_t> target) {
  if (target.empty()) return;
  const MappedBuffer memory = mapUpTo(fd, offset + target.size());
  const ProcessorAccess access(fd, DMA_BUF_SYNC_READ);
  std::ranges::copy(memory.bytes().subspan(offset), target.begin());
}

void writeMemory(int fd, std::size_t offset, std::span<const std::uint8_t> source) {
  if (source.empty()) return;
  MappedBuffer memory = mapUpTo(fd, offset + source.size());
  const ProcessorAccess access(fd, DMA_BUF_SYNC_WRITE);
  std::ranges::copy(source, memory.writableBytes().subspan(offset).begin());
}

}  // namespace v4l2
