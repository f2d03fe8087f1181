// Time to write one 1920x1080 RAW10 frame from a capture buffer into a slot, as the capture thread does it. Buffers rotate, so
// that neither side is in the cache. Prints JSON: milliseconds by format and path.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "unpack.h"

namespace {

using namespace v4l2;

constexpr std::uint32_t width = 1920;
constexpr std::uint32_t height = 1080;
constexpr std::size_t buffers = 8;

double at(const std::vector<double>& sorted, double fraction) {
  return sorted[static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1))];
}

void measure(const char* name, const MosaicLayout& layout, UnpackPath path, int frames, bool last) {
  constexpr const char* paths[] = {"scalar", "ssse3", "avx2"};
  std::vector<std::vector<std::uint8_t>> sources(buffers, std::vector<std::uint8_t>(layout.frameBytes(), 0xa5));
  std::vector<std::vector<std::uint16_t>> slots(buffers, std::vector<std::uint16_t>(std::size_t{width} * height));
  std::vector<double> times;
  const int warmUp = 2 * static_cast<int>(buffers);
  for (int frame = -warmUp; frame < frames; frame++) {
    const auto index = static_cast<std::size_t>(frame + warmUp) % buffers;
    const auto begin = std::chrono::steady_clock::now();
    if (!unpackMosaic(sources[index], layout, slots[index], path)) std::exit(1);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - begin;
    if (frame >= 0) times.push_back(elapsed.count());
  }
  std::sort(times.begin(), times.end());
  std::printf("  {\"format\": \"%s\", \"path\": \"%s\", \"n\": %d, \"median\": %.3f, \"p95\": %.3f, \"p99\": %.3f}%s\n", name,
              paths[static_cast<int>(path)], frames, at(times, 0.5), at(times, 0.95), at(times, 0.99), last ? "" : ",");
}

}  // namespace

int main(int count, char** arguments) {
  const int frames = count > 1 ? std::max(1, std::atoi(arguments[1])) : 300;
  const std::vector<UnpackPath> paths = availableUnpackPaths();
  std::printf("[\n");
  for (const UnpackPath path : paths) {
    const bool last = path == paths.back();
    measure("RAW10 unpacked", {width, height, 10, false, width * 2}, path, frames, false);
    measure("RAW10 MIPI", {width, height, 10, true, width * 10 / 8}, path, frames, false);
    measure("RAW12 MIPI", {width, height, 12, true, width * 12 / 8}, path, frames, last);
  }
  std::printf("]\n");
  return 0;
}
