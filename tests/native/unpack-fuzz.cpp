// Unpackers and frame writers on random sizes, strides and lengths: every vector path must give the scalar path's bits, refuse
// what is too short, and neither read nor write beyond its buffers, which the sanitizers watch. Arguments: rounds, seed.

#include <memory>
#include <random>

#include "checks.h"
#include "frame-writer.h"
#include "unpack.h"

namespace {

using namespace v4l2;

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t end) { return std::uniform_int_distribution<std::uint32_t>(0, end - 1)(engine_); }
  /** Memory of exactly this size, so that one byte too far is a fault. */
  std::unique_ptr<std::uint8_t[]> bytes(std::size_t size) {
    auto memory = std::make_unique<std::uint8_t[]>(size);
    for (std::size_t i = 0; i < size; i++) memory[i] = static_cast<std::uint8_t>(engine_());
    return memory;
  }

 private:
  std::mt19937 engine_;
};

MosaicLayout randomLayout(Random& random) {
  constexpr std::uint32_t mipiBits[] = {8, 10, 12, 14};
  MosaicLayout layout;
  layout.width = 1 + random.below(200);
  layout.height = 1 + random.below(5);
  layout.mipi = random.below(3) != 0;
  layout.bits = layout.mipi ? mipiBits[random.below(4)] : 8 + random.below(9);
  layout.strideBytes = layout.rowBytes() + random.below(3) * random.below(40);
  return layout;
}

void comparePaths(Random& random) {
  const MosaicLayout layout = randomLayout(random);
  const std::size_t sourceBytes = layout.frameBytes();
  const std::size_t samples = static_cast<std::size_t>(layout.width) * layout.height;
  const auto source = random.bytes(sourceBytes);
  const auto expected = std::make_unique<std::uint16_t[]>(samples);
  EXPECT_EQUAL(unpackMosaic({source.get(), sourceBytes}, layout, {expected.get(), samples}, UnpackPath::scalar), true);
  for (const UnpackPath path : availableUnpackPaths()) {
    const auto actual = std::make_unique<std::uint16_t[]>(samples);
    EXPECT_EQUAL(unpackMosaic({source.get(), sourceBytes}, layout, {actual.get(), samples}, path), true);
    EXPECT_EQUAL(std::equal(actual.get(), actual.get() + samples, expected.get()), true);
    EXPECT_EQUAL(unpackMosaic({source.get(), sourceBytes - 1}, layout, {actual.get(), samples}, path), false);
    EXPECT_EQUAL(unpackMosaic({source.get(), sourceBytes}, layout, {actual.get(), samples - 1}, path), false);
  }
}

/** A driver's format with any numbers in it, and buffers and slots that need not fit. */
void writeAnything(Random& random) {
  constexpr std::uint32_t fourccs[] = {V4L2_PIX_FMT_SRGGB8,   V4L2_PIX_FMT_SGRBG10P, V4L2_PIX_FMT_SBGGR12P,
                                       V4L2_PIX_FMT_SGBRG14P, V4L2_PIX_FMT_SRGGB16,  V4L2_PIX_FMT_YUYV,
                                       V4L2_PIX_FMT_NV12,     V4L2_PIX_FMT_NV12M,    V4L2_PIX_FMT_NV16,
                                       V4L2_PIX_FMT_RGB24,    V4L2_PIX_FMT_XBGR32,   V4L2_PIX_FMT_MJPEG};
  Format format;
  format.width = random.below(64);
  format.height = random.below(8);
  format.fourcc = fourccs[random.below(std::size(fourccs))];
  const std::uint32_t planes = format.fourcc == V4L2_PIX_FMT_NV12M ? 1 + random.below(2) : 1;
  for (std::uint32_t i = 0; i < planes; i++) format.planes.push_back({random.below(300), random.below(2000)});
  const FrameWriter writer(format);

  std::vector<std::unique_ptr<std::uint8_t[]>> memories;
  std::vector<std::span<const std::uint8_t>> buffers;
  for (std::uint32_t i = 0; i < planes; i++) {
    const std::size_t size = random.below(3000);
    memories.push_back(random.bytes(size));
    buffers.emplace_back(memories.back().get(), size);
  }
  const std::size_t slotBytes = random.below(2) == 0 ? writer.slotBytes() : random.below(3000);
  const auto slot = random.bytes(slotBytes);
  const auto written = writer.write(buffers, {slot.get(), slotBytes});
  EXPECT_EQUAL(written.value_or(0) <= slotBytes, true);
}

}  // namespace

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 20000;
  const auto seed = static_cast<std::uint32_t>(count > 2 ? std::atoi(arguments[2]) : 1);
  Random random(seed);
  for (int round = 0; round < rounds; round++) {
    comparePaths(random);
    writeAnything(random);
  }
  std::printf("%d rounds held from seed %u with %zu paths\n", rounds, seed, availableUnpackPaths().size());
  return 0;
}
