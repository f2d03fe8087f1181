#include "error.h"

#include <cerrno>
#include <cstring>

namespace v4l2 {

std::string codeOfErrno(int errnoValue, const std::string& operation) {
  switch (errnoValue) {
    case ENOENT: return "v4l2.not-found";
    case EACCES:
    case EPERM: return "v4l2.permission";
    case EBUSY: return "v4l2.busy";
    case ENODEV:
    case ENXIO: return "v4l2.unplugged";
    case ENOTTY: return operation == "VIDIOC_QUERYCAP" ? "v4l2.not-a-v4l2-device" : "v4l2.unsupported";
    case EOPNOTSUPP: return "v4l2.unsupported";
    case EINVAL: return "v4l2.invalid";
    case ERANGE: return "v4l2.out-of-range";
    case ENOMEM: return "v4l2.no-memory";
    // The USB stack says so when the bus has no bandwidth left for the format, uvcvideo for a control that does not fit.
    case ENOSPC: return "v4l2.no-space";
    case EIO: return "v4l2.io";
    // Media-controller drivers say so when links or pad formats along the pipeline do not agree.
    case EPIPE: return "v4l2.pipeline-mismatch";
    case EMFILE:
    case ENFILE: return "v4l2.too-many-files";
    default: return "v4l2.system";
  }
}

std::string errnoName(int errnoValue) {
  const char* name = strerrorname_np(errnoValue);
  return name != nullptr ? name : "errno " + std::to_string(errnoValue);
}

Error systemError(int errnoValue, const std::string& operation, const std::string& subject) {
  const std::string message =
      operation + " failed on " + subject + ": " + std::strerror(errnoValue) + " (" + errnoName(errnoValue) + ")";
  return Error(codeOfErrno(errnoValue, operation), message, errnoValue);
}

}  // namespace v4l2
