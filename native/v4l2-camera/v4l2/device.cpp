#include "device.h"

#include <cerrno>
#include <fcntl.h>

#include "access.h"
#include "error.h"

namespace v4l2 {
namespace {

Capability queryCapability(const Device& device) {
  v4l2_capability capability{};
  device.call(VIDIOC_QUERYCAP, &capability, "VIDIOC_QUERYCAP");
  const bool perNode = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0;
  return {textOf(capability.driver), textOf(capability.card), textOf(capability.bus_info), capability.version,
          perNode ? capability.device_caps : capability.capabilities};
}

}  // namespace

Device::Device(std::string path, SystemCalls& calls) : path_(std::move(path)), calls_(calls) {
  fd_.reset(calls_.open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd_) {
    const int errnoValue = errno;
    const Error error = systemError(errnoValue, "open", path_);
    throw Error(error.code(), error.what() + explainRefusal(path_, errnoValue), errnoValue);
  }
  capability_ = queryCapability(*this);
}

int Device::attempt(unsigned long request, void* argument) const {
  return calls_.ioctl(fd_.get(), request, argument) == -1 ? errno : 0;
}

void Device::call(unsigned long request, void* argument, const char* operation) const {
  const int errnoValue = attempt(request, argument);
  if (errnoValue == 0) return;
  const Error error = systemError(errnoValue, operation, path_);
  throw Error(error.code(), error.what() + explainRefusal(path_, errnoValue), errnoValue);
}

}  // namespace v4l2
