#include "allocators.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "error.h"

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

}  // namespace v4l2
