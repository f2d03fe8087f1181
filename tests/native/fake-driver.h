#pragma once

#include <cerrno>
#include <cstring>
#include <deque>
#include <linux/videodev2.h>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <set>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "system-calls.h"
#include "unique-fd.h"

/** What the next frame of the fake driver looks like. */
struct FakeFrame {
  std::uint32_t sequence = 0;
  std::vector<std::uint8_t> bytes;
  std::uint32_t flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  /** As the kernel keeps it: of 64 bits that wrap. Whole microseconds, because that is all its interface passes on. */
  std::int64_t timestampNs = 0;
};

/**
 * A V4L2 capture driver in memory: one single-planar queue that delivers exactly the frames that a test produces, and fails
 * where a test tells it to. Its file descriptor is one end of a loopback connection, so a real epoll can wait for it: a byte says
 * that a buffer is filled, an urgent byte (EPOLLPRI, as drivers raise it) that events wait.
 */
class FakeDriver : public v4l2::SystemCalls {
 public:
  std::uint32_t width = 8, height = 2, strideBytes = 10, fourcc = V4L2_PIX_FMT_SRGGB10P;
  /** errno values that the named call gives until removed. */
  std::map<unsigned long, int> failures;
  /** Controls that refuse every value. */
  std::set<std::uint32_t> refusedControls;
  std::map<std::uint32_t, std::int32_t> controls{{V4L2_CID_BRIGHTNESS, 1}, {V4L2_CID_CONTRAST, 2}, {V4L2_CID_HUE, 3}};
  std::uint32_t inputs = 1;
  /** Frames per second, told in VIDIOC_G_PARM; 0: the driver does not know that call. */
  std::uint32_t rate = 0;

  int open(const char*, int) override {
    const v4l2::UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    if (bind(listener.get(), name, size) != 0 || listen(listener.get(), 1) != 0) return -1;
    if (getsockname(listener.get(), name, &size) != 0) return -1;
    feed_ = v4l2::UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int atOnce = 1;
    setsockopt(feed_.get(), IPPROTO_TCP, TCP_NODELAY, &atOnce, sizeof(atOnce));
    if (connect(feed_.get(), name, size) != 0) return -1;
    return fd_ = accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  }

  void* mmap(std::size_t length, int, int, off_t offset) override {
    const std::scoped_lock lock(mutex_);
    liveMappings_++;
    return mappings_[offset] = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }

  int munmap(void* address, std::size_t length) override {
    const std::scoped_lock lock(mutex_);
    liveMappings_--;
    return ::munmap(address, length);
  }

  int ioctl(int, unsigned long request, void* argument) override {
    const std::scoped_lock lock(mutex_);
    const auto failure = failures.find(request);
    if (failure != failures.end()) return fail(failure->second);
    switch (request) {
      case VIDIOC_QUERYCAP: return queryCapability(*static_cast<v4l2_capability*>(argument));
      case VIDIOC_G_FMT: return getFormat(*static_cast<v4l2_format*>(argument));
      case VIDIOC_G_PARM: return getParameters(*static_cast<v4l2_streamparm*>(argument));
      case VIDIOC_ENUMINPUT: return static_cast<v4l2_input*>(argument)->index < inputs ? 0 : fail(EINVAL);
      case VIDIOC_REQBUFS: return requestBuffers(*static_cast<v4l2_requestbuffers*>(argument));
      case VIDIOC_QUERYBUF: return queryBuffer(*static_cast<v4l2_buffer*>(argument));
      case VIDIOC_QBUF: return queueBuffer(*static_cast<v4l2_buffer*>(argument));
      case VIDIOC_DQBUF: return dequeueBuffer(*static_cast<v4l2_buffer*>(argument));
      case VIDIOC_STREAMON: return streaming_ = true, 0;
      case VIDIOC_STREAMOFF: return stopStreaming();
      case VIDIOC_SUBSCRIBE_EVENT: return subscribe(*static_cast<v4l2_event_subscription*>(argument));
      case VIDIOC_DQEVENT: return dequeueEvent(*static_cast<v4l2_event*>(argument));
      case VIDIOC_QUERY_EXT_CTRL: return queryControl(*static_cast<v4l2_query_ext_ctrl*>(argument));
      case VIDIOC_G_EXT_CTRLS:
      case VIDIOC_S_EXT_CTRLS:
      case VIDIOC_TRY_EXT_CTRLS: return accessControls(request, *static_cast<v4l2_ext_controls*>(argument));
      default: return fail(ENOTTY);
    }
  }

  /** Fills the oldest queued buffer; false when the engine has given none. */
  bool produce(const FakeFrame& frame) {
    const std::scoped_lock lock(mutex_);
    if (!streaming_ || queued_.empty()) return false;
    v4l2_buffer buffer = queued_.front();
    queued_.pop_front();
    const bool isMapped = buffer.memory == V4L2_MEMORY_MMAP;
    void* const memory = isMapped ? mappings_.at(offsetOf(buffer.index)) : reinterpret_cast<void*>(buffer.m.userptr);
    std::memcpy(memory, frame.bytes.data(), frame.bytes.size());
    buffer.sequence = frame.sequence;
    buffer.flags = frame.flags;
    // Whole seconds are rounded down, as the kernel does it.
    const std::int64_t micros = frame.timestampNs / 1000;
    buffer.timestamp.tv_sec = (micros - (micros % 1'000'000 + 1'000'000) % 1'000'000) / 1'000'000;
    buffer.timestamp.tv_usec = (micros % 1'000'000 + 1'000'000) % 1'000'000;
    buffer.bytesused = static_cast<std::uint32_t>(frame.bytes.size());
    done_.push_back(buffer);
    signal(0);
    return true;
  }

  /** Makes the engine look at the queue although no buffer is filled. */
  void poke() { signal(0); }

  /** Announces an event as far as the engine has subscribed to its type and id. Wait for it before the next frame is produced. */
  bool announce(const v4l2_event& event) {
    const std::scoped_lock lock(mutex_);
    if (!subscriptions_.contains({event.type, event.id})) return false;
    events_.push_back(event);
    if (events_.size() == 1) signal(MSG_OOB);
    return true;
  }

  void setFailure(unsigned long request, int errnoValue) {
    const std::scoped_lock lock(mutex_);
    if (errnoValue == 0) {
      failures.erase(request);
    } else {
      failures[request] = errnoValue;
    }
  }
  int liveMappings() const { return locked(liveMappings_); }
  bool holdsBuffers() const { return locked(buffers_) > 0; }
  bool isStreaming() const { return locked(streaming_); }
  std::size_t queuedBuffers() const {
    const std::scoped_lock lock(mutex_);
    return queued_.size();
  }

 private:
  template <typename Value>
  Value locked(const Value& value) const {
    const std::scoped_lock lock(mutex_);
    return value;
  }

  static int fail(int errnoValue) {
    errno = errnoValue;
    return -1;
  }

  /** A connection whose other end is closed already is no concern of a driver's. */
  void signal(int flags) { send(feed_.get(), "", 1, flags | MSG_NOSIGNAL); }

  bool takeSignal(int flags = 0) {
    char ignored;
    return recv(fd_, &ignored, 1, flags | MSG_DONTWAIT) == 1;
  }

  int subscribe(const v4l2_event_subscription& subscription) {
    subscriptions_.insert({subscription.type, subscription.id});
    return 0;
  }

  int dequeueEvent(v4l2_event& event) {
    if (events_.empty()) return fail(ENOENT);
    event = events_.front();
    events_.pop_front();
    if (events_.empty()) takeSignal(MSG_OOB);
    return 0;
  }

  /** The cookie by which a buffer is mapped. */
  off_t offsetOf(std::uint32_t index) const { return static_cast<off_t>(index) * imageBytes(); }

  std::uint32_t imageBytes() const { return strideBytes * height; }

  int queryCapability(v4l2_capability& capability) {
    std::strcpy(reinterpret_cast<char*>(capability.card), "Fake camera");
    capability.capabilities = V4L2_CAP_DEVICE_CAPS;
    capability.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    return 0;
  }

  int getFormat(v4l2_format& format) {
    format.fmt.pix = {};
    format.fmt.pix.width = width;
    format.fmt.pix.height = height;
    format.fmt.pix.pixelformat = fourcc;
    format.fmt.pix.bytesperline = strideBytes;
    format.fmt.pix.sizeimage = imageBytes();
    return 0;
  }

  int getParameters(v4l2_streamparm& parameters) {
    if (rate == 0) return fail(ENOTTY);
    parameters.parm.capture.timeperframe = {1, rate};
    return 0;
  }

  int requestBuffers(v4l2_requestbuffers& request) {
    buffers_ = request.count;
    queued_.clear();
    return 0;
  }

  int queryBuffer(v4l2_buffer& buffer) {
    buffer.length = imageBytes();
    buffer.m.offset = static_cast<std::uint32_t>(offsetOf(buffer.index));
    return 0;
  }

  int queueBuffer(const v4l2_buffer& buffer) {
    if (buffer.index >= buffers_) return fail(EINVAL);
    queued_.push_back(buffer);
    return 0;
  }

  int dequeueBuffer(v4l2_buffer& buffer) {
    if (!takeSignal() || done_.empty()) return fail(EAGAIN);
    buffer = done_.front();
    done_.pop_front();
    return 0;
  }

  int stopStreaming() {
    streaming_ = false;
    queued_.clear();
    done_.clear();
    while (takeSignal()) {
    }
    return 0;
  }

  int queryControl(v4l2_query_ext_ctrl& query) {
    const bool next = (query.id & V4L2_CTRL_FLAG_NEXT_CTRL) != 0;
    const std::uint32_t id = query.id & V4L2_CTRL_ID_MASK;
    const auto found = next ? controls.upper_bound(id) : controls.find(id);
    if (found == controls.end()) return fail(EINVAL);
    query = {};
    query.id = found->first;
    query.type = V4L2_CTRL_TYPE_INTEGER;
    query.minimum = 0;
    query.maximum = 255;
    std::strcpy(query.name, "A control");
    return 0;
  }

  /** As the kernel does it: setting checks everything first and then points behind the batch; trying points at the culprit. */
  int accessControls(unsigned long request, v4l2_ext_controls& batch) {
    for (std::uint32_t i = 0; i < batch.count && request != VIDIOC_G_EXT_CTRLS; i++) {
      if (!refusedControls.contains(batch.controls[i].id)) continue;
      batch.error_idx = request == VIDIOC_S_EXT_CTRLS ? batch.count : i;
      return fail(ERANGE);
    }
    for (std::uint32_t i = 0; i < batch.count; i++) {
      v4l2_ext_control& control = batch.controls[i];
      if (request == VIDIOC_G_EXT_CTRLS) control.value = controls[control.id];
      if (request == VIDIOC_S_EXT_CTRLS) controls[control.id] = control.value;
    }
    return 0;
  }

  mutable std::mutex mutex_;
  int fd_ = -1;
  v4l2::UniqueFd feed_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> subscriptions_;
  std::deque<v4l2_event> events_;
  int liveMappings_ = 0;
  std::map<off_t, void*> mappings_;
  std::uint32_t buffers_ = 0;
  bool streaming_ = false;
  std::deque<v4l2_buffer> queued_;
  std::deque<v4l2_buffer> done_;
};
