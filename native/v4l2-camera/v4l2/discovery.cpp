#include "discovery.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "media.h"

namespace v4l2 {
namespace {

namespace fs = std::filesystem;

std::string readLine(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

/** The number behind the prefix of a node's name, or nothing when it is no such node. */
std::optional<unsigned> numberIn(const std::string& node, const std::string& prefix) {
  unsigned number = 0;
  const char* end = node.data() + node.size();
  if (!node.starts_with(prefix)) return std::nullopt;
  const auto [rest, error] = std::from_chars(node.data() + prefix.size(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

std::vector<std::string> videoNodes(const fs::path& classFolder) {
  std::vector<std::string> nodes;
  std::error_code ignored;
  for (fs::directory_iterator entry(classFolder, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string node = entry->path().filename();
    if (numberIn(node, "video")) nodes.push_back(node);
  }
  const auto before = [](const auto& a, const auto& b) { return numberIn(a, "video") < numberIn(b, "video"); };
  std::sort(nodes.begin(), nodes.end(), before);
  return nodes;
}

/** Fills what the bus tells, walking from the device to the root: a USB serial sits one folder above the interface. */
void readBus(DeviceSummary& summary, const fs::path& device, const fs::path& sys) {
  const fs::path devices = sys / "devices";
  summary.busPath = device.lexically_relative(devices).string();
  for (fs::path folder = device; folder != devices && folder.has_relative_path(); folder = folder.parent_path()) {
    if (summary.serial.empty()) summary.serial = readLine(folder / "serial");
    const std::string vendor = readLine(folder / "idVendor");
    if (vendor.empty()) continue;
    // Above the USB device there are only hubs, whose serials are not the camera's.
    summary.usbIds = vendor + ":" + readLine(folder / "idProduct");
    return;
  }
}

/** The media device whose graph has the node; a device may have several. Where none can be read, the first. */
std::optional<MediaLink> findMedia(const fs::path& device, const std::string& majorMinor, const SystemRoots& roots,
                                   SystemCalls& calls) {
  std::optional<MediaLink> found;
  std::error_code ignored;
  for (fs::directory_iterator entry(device, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (!name.starts_with("media") || numberIn(name, "media") == std::nullopt) continue;
    const std::string path = (fs::path(roots.dev) / name).string();
    MediaLink link{path, entityOfNode(path, majorMinor, calls)};
    if (!link.entity.empty()) return link;
    if (!found) found = std::move(link);
  }
  return found;
}

DeviceSummary summarise(const std::string& node, const SystemRoots& roots, SystemCalls& calls) {
  const fs::path nodeFolder = fs::path(roots.sys) / "class/video4linux" / node;
  DeviceSummary summary;
  summary.path = (fs::path(roots.dev) / node).string();
  summary.name = readLine(nodeFolder / "name");
  std::error_code ignored;
  const fs::path device = fs::canonical(nodeFolder / "device", ignored);
  if (!device.empty()) readBus(summary, device, fs::canonical(roots.sys, ignored));
  try {
    summary.capability = Device(summary.path, calls).capability();
  } catch (const Error& error) {
    summary.failure = error;
  }
  summary.media = findMedia(device, readLine(nodeFolder / "dev"), roots, calls);
  // From sysfs alone, so that a device which cannot be opened at present keeps its identity.
  summary.identity = summary.busPath + "|" + summary.name + "|" + summary.serial + "|" + readLine(nodeFolder / "index");
  return summary;
}

}  // namespace

std::vector<DeviceSummary> discoverDevices(const SystemRoots& roots, SystemCalls& calls) {
  std::vector<DeviceSummary> devices;
  for (const std::string& node : videoNodes(fs::path(roots.sys) / "class/video4linux")) {
    DeviceSummary summary = summarise(node, roots, calls);
    if (!summary.capability || summary.capability->captures()) devices.push_back(std::move(summary));
  }
  return devices;
}

}  // namespace v4l2
