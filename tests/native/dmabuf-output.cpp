// Shows the pictures of dma-bufs on a V4L2 output node until its standard input ends: what it prints, it prints once it streams.
// Arguments: the node, whose format is set already; the number of descriptors, which are inherited from 3 on.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <string>
#include <unistd.h>

#include "error.h"
#include "system-calls.h"
#include "unique-fd.h"

namespace {

constexpr int firstDescriptor = 3;

/** An output node of either interface that streams from memory of another device. */
class Output {
 public:
  explicit Output(std::string path) : path_(std::move(path)), fd_(v4l2::kernel().open(path_.c_str(), O_RDWR | O_CLOEXEC)) {
    if (!fd_) throw v4l2::systemError(errno, "open", path_);
    v4l2_capability capability{};
    call(VIDIOC_QUERYCAP, &capability, "VIDIOC_QUERYCAP");
    multiPlanar_ = (capability.device_caps & V4L2_CAP_VIDEO_OUTPUT_MPLANE) != 0;
    type_ = multiPlanar_ ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_OUTPUT;
  }

  /** Bytes of a picture, which lies in one plane. */
  std::uint32_t pictureBytes() {
    v4l2_format format{};
    format.type = type_;
    call(VIDIOC_G_FMT, &format, "VIDIOC_G_FMT");
    return multiPlanar_ ? format.fmt.pix_mp.plane_fmt[0].sizeimage : format.fmt.pix.sizeimage;
  }

  void stream(std::uint32_t count) {
    v4l2_requestbuffers request{};
    request.count = count;
    request.type = type_;
    request.memory = V4L2_MEMORY_DMABUF;
    call(VIDIOC_REQBUFS, &request, "VIDIOC_REQBUFS");
    const std::uint32_t bytes = pictureBytes();
    for (std::uint32_t index = 0; index < count; index++) queue(index, firstDescriptor + static_cast<int>(index), bytes);
    call(VIDIOC_STREAMON, &type_, "VIDIOC_STREAMON");
  }

 private:
  void queue(std::uint32_t index, int descriptor, std::uint32_t bytes) {
    const off_t length = ::lseek(descriptor, 0, SEEK_END);
    if (length == -1) throw v4l2::systemError(errno, "lseek", "a dma-buf");
    v4l2_plane plane{};
    // The kernel compares both before it looks at the dma-buf itself.
    plane.length = static_cast<std::uint32_t>(length);
    plane.bytesused = bytes;
    plane.m.fd = descriptor;
    v4l2_buffer buffer{};
    buffer.index = index;
    buffer.type = type_;
    buffer.memory = V4L2_MEMORY_DMABUF;
    buffer.field = V4L2_FIELD_NONE;
    if (multiPlanar_) {
      buffer.m.planes = &plane;
      buffer.length = 1;
    } else {
      buffer.m.fd = descriptor;
      buffer.bytesused = bytes;
      buffer.length = plane.length;
    }
    call(VIDIOC_QBUF, &buffer, "VIDIOC_QBUF");
  }

  void call(unsigned long request, void* argument, const char* name) {
    if (v4l2::kernel().ioctl(fd_.get(), request, argument) == -1) throw v4l2::systemError(errno, name, path_);
  }

  std::string path_;
  v4l2::UniqueFd fd_;
  bool multiPlanar_ = false;
  std::uint32_t type_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "Expected a node and a number of descriptors\n");
    return 2;
  }
  try {
    Output output(arguments[1]);
    output.stream(static_cast<std::uint32_t>(std::atoi(arguments[2])));
    std::printf("streaming\n");
    std::fflush(stdout);
    char byte;
    while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
