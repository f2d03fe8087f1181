#pragma once

#include <cstdint>
#include <linux/videodev2.h>
#include <memory>
#include <string>

#include "system-calls.h"
#include "unique-fd.h"

namespace v4l2 {

/** What the driver says about itself (VIDIOC_QUERYCAP). */
struct Capability {
  std::string driver;
  std::string card;
  std::string bus;
  std::uint32_t kernelVersion = 0;
  /** Of this node, not of the whole device. */
  std::uint32_t flags = 0;

  bool captures() const { return (flags & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0; }
  bool streams() const { return (flags & V4L2_CAP_STREAMING) != 0; }
  bool multiPlanar() const { return (flags & V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0; }
};

/** One open device node. Immutable after opening, so any thread may use it; the driver serialises the calls. */
class Device {
 public:
  /** Opens without blocking; throws Error, naming who holds a busy device and which group may open a forbidden one. */
  explicit Device(std::string path, SystemCalls& calls = kernel());

  const std::string& path() const { return path_; }
  const Capability& capability() const { return capability_; }
  int fd() const { return fd_.get(); }
  SystemCalls& calls() const { return calls_; }
  std::uint32_t bufferType() const {
    return capability_.multiPlanar() ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
  }

  /** Makes the call; returns 0 or the errno. */
  int attempt(unsigned long request, void* argument) const;
  /** Makes the call or throws Error; `operation` is its name in the kernel's documentation. */
  void call(unsigned long request, void* argument, const char* operation) const;

 private:
  std::string path_;
  SystemCalls& calls_;
  UniqueFd fd_;
  Capability capability_;
};

/** A NUL-terminated or full field of a kernel structure. */
template <std::size_t size>
std::string textOf(const std::uint8_t (&field)[size]) {
  std::size_t length = 0;
  while (length < size && field[length] != 0) length++;
  return {reinterpret_cast<const char*>(field), length};
}

}  // namespace v4l2
