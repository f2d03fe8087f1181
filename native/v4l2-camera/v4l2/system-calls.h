#pragma once

#include <cstddef>
#include <sys/types.h>

namespace v4l2 {

/**
 * The boundary to the kernel. Everything that reaches a driver goes through it, so that a test can be the driver.
 * Like the calls themselves, the functions return -1 and set errno. Safe to call from any thread.
 */
class SystemCalls {
 public:
  virtual ~SystemCalls() = default;
  virtual int open(const char* path, int flags);
  /** Restarts when a signal interrupts it. */
  virtual int ioctl(int fd, unsigned long request, void* argument);
  virtual void* mmap(std::size_t length, int protection, int fd, off_t offset);
  virtual int munmap(void* address, std::size_t length);
};

/** The running kernel. */
SystemCalls& kernel();

}  // namespace v4l2
