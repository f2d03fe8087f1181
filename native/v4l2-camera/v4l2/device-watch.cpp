#include "device-watch.h"

#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include "error.h"

namespace v4l2 {

DeviceWatch::DeviceWatch(std::string folder, std::function<void(DeviceChange)> listener)
    : folder_(std::move(folder)),
      listener_(std::move(listener)),
      inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      stopSignal_(eventfd(0, EFD_CLOEXEC)) {
  constexpr std::uint32_t changes = IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO;
  if (!inotify_ || !stopSignal_ || inotify_add_watch(inotify_.get(), folder_.c_str(), changes) == -1) {
    throw systemError(errno, "inotify", folder_);
  }
  thread_ = std::thread([this] { run(); });
}

DeviceWatch::~DeviceWatch() {
  eventfd_write(stopSignal_.get(), 1);
  thread_.join();
}

void DeviceWatch::run() {
  pollfd watched[] = {{inotify_.get(), POLLIN, 0}, {stopSignal_.get(), POLLIN, 0}};
  for (;;) {
    if (poll(watched, 2, -1) == -1 && errno != EINTR) return;
    if (watched[1].revents != 0) return;
    if (watched[0].revents != 0) readChanges();
  }
}

void DeviceWatch::readChanges() {
  alignas(inotify_event) char text[16 * (sizeof(inotify_event) + NAME_MAX + 1)];
  const ssize_t length = read(inotify_.get(), text, sizeof text);
  for (ssize_t at = 0; at < length;) {
    const auto* event = reinterpret_cast<const inotify_event*>(text + at);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    const std::string name = event->len > 0 ? event->name : "";
    if (!name.starts_with("video") && !name.starts_with("media")) continue;
    DeviceChange change{DeviceChange::Kind::changed, folder_ + "/" + name};
    if ((event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) change.kind = DeviceChange::Kind::added;
    if ((event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0) change.kind = DeviceChange::Kind::removed;
    listener_(std::move(change));
  }
}

}  // namespace v4l2
