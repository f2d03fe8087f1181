#include "system-calls.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

namespace v4l2 {

int SystemCalls::open(const char* path, int flags) {
  return ::open(path, flags);
}

int SystemCalls::ioctl(int fd, unsigned long request, void* argument) {
  int result;
  do {
    result = ::ioctl(fd, request, argument);
  } while (result == -1 && errno == EINTR);
  return result;
}

void* SystemCalls::mmap(std::size_t length, int protection, int fd, off_t offset) {
  return ::mmap(nullptr, length, protection, MAP_SHARED, fd, offset);
}

int SystemCalls::munmap(void* address, std::size_t length) {
  return ::munmap(address, length);
}

SystemCalls& kernel() {
  static SystemCalls calls;
  return calls;
}

}  // namespace v4l2
