#pragma once

#include <functional>
#include <string>
#include <thread>

#include "unique-fd.h"

namespace v4l2 {

/** A video or media node that came, went, or whose permissions changed (udev sets them after the node appears). */
struct DeviceChange {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::added;
  std::string path;
};

/** Watches a device folder through inotify, on a thread of its own, without polling. */
class DeviceWatch {
 public:
  /** `listener` is called on the watching thread. Throws Error when the folder cannot be watched. */
  DeviceWatch(std::string folder, std::function<void(DeviceChange)> listener);
  DeviceWatch(const DeviceWatch&) = delete;
  DeviceWatch& operator=(const DeviceWatch&) = delete;
  /** Joins the thread; the listener is not called afterwards. */
  ~DeviceWatch();

 private:
  void run();
  void readChanges();

  const std::string folder_;
  const std::function<void(DeviceChange)> listener_;
  UniqueFd inotify_;
  UniqueFd stopSignal_;
  std::thread thread_;
};

}  // namespace v4l2
