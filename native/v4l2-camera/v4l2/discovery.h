#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device.h"
#include "error.h"

namespace v4l2 {

/** Where discovery looks; a test gives folders of its own. */
struct SystemRoots {
  std::string dev = "/dev";
  std::string sys = "/sys";
};

/** The media controller that a video node belongs to. */
struct MediaLink {
  /** For example `/dev/media0`. */
  std::string devicePath;
  /** The entity behind the node, empty where the media device cannot be read. */
  std::string entity;
};

/** One video node. What could not be learnt because it cannot be opened is absent, and `failure` says why. */
struct DeviceSummary {
  std::string path;
  std::string name;
  std::optional<Capability> capability;
  /** Survives restarts and re-plugging into the same port: bus path, name, serial where there is one, node within the device. */
  std::string identity;
  std::string busPath;
  std::string serial;
  std::string usbIds;
  std::optional<MediaLink> media;
  std::optional<Error> failure;
};

/** Every video node that captures or cannot be asked whether it does, in the order of their numbers. Never throws. */
std::vector<DeviceSummary> discoverDevices(const SystemRoots& roots = {}, SystemCalls& calls = kernel());

}  // namespace v4l2
