// Time to write one frame from a capture buffer into a slot, as the capture thread does it. Buffers rotate, so that neither side is
// in the cache. Arguments: copy, raw10, raw10-mipi, raw12-mipi or raw14-mipi; a path of unpack.h; width; height; frames.

#include <cstring>
#include <string>

#include "bench-samples.h"
#include "unpack.h"

namespace {

using namespace v4l2;

constexpr std::size_t buffers = 8;

MosaicLayout layoutOf(const std::string& format, std::uint32_t width, std::uint32_t height) {
  MosaicLayout layout{width, height, 10, format.ends_with("-mipi"), 0};
  if (format.starts_with("raw12")) layout.bits = 12;
  if (format.starts_with("raw14")) layout.bits = 14;
  layout.strideBytes = layout.rowBytes();
  return layout;
}

UnpackPath pathNamed(const std::string& name) {
  for (const UnpackPath path : availableUnpackPaths()) {
    if (name == nameOf(path)) return path;
  }
  refuse("This processor does not have that path");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) refuse("Expected format, path, width, height and frames");
  const std::string format = arguments[1];
  const UnpackPath path = pathNamed(arguments[2]);
  const MosaicLayout layout =
      layoutOf(format, static_cast<std::uint32_t>(std::atoi(arguments[3])), static_cast<std::uint32_t>(std::atoi(arguments[4])));
  const std::size_t samples = std::size_t{layout.width} * layout.height;
  if (!layout.isValid()) refuse("Expected a width and a height above 0");
  std::vector<std::vector<std::uint8_t>> sources(buffers, std::vector<std::uint8_t>(layout.frameBytes(), 0xa5));
  std::vector<std::vector<std::uint16_t>> slots(buffers, std::vector<std::uint16_t>(samples));
  printSamples(timeFrames(2 * buffers, std::max(1, std::atoi(arguments[5])), [&](std::size_t frame) {
    const std::vector<std::uint8_t>& source = sources[frame % buffers];
    std::vector<std::uint16_t>& slot = slots[frame % buffers];
    if (format == "copy") {
      std::memcpy(slot.data(), source.data(), source.size());
    } else if (!unpackMosaic(source, layout, slot, path)) {
      refuse("The layout cannot be unpacked");
    }
  }));
  return 0;
}
