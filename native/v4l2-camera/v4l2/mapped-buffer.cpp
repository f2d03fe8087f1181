#include "mapped-buffer.h"

#include <cerrno>
#include <sys/mman.h>

#include "error.h"

namespace v4l2 {

MappedBuffer::MappedBuffer(SystemCalls& calls, int fd, std::size_t length, off_t offset) : calls_(&calls), length_(length) {
  address_ = calls.mmap(length, PROT_READ | PROT_WRITE, fd, offset);
  if (address_ != MAP_FAILED) return;
  address_ = nullptr;
  throw systemError(errno, "mmap", "a capture buffer");
}

MappedBuffer::~MappedBuffer() {
  if (address_ != nullptr) calls_->munmap(address_, length_);
}

}  // namespace v4l2
