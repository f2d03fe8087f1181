// Time of one RAW10 frame through the capture engine, from the driver's filling of memory until the reader has the frame, on a
// driver in memory: with mmap the engine copies into the slot, with user pointers the driver fills the slot itself.
// Arguments: mmap or user-pointer; width; height; frames.

#include <condition_variable>
#include <memory>
#include <string>

#include "bench-samples.h"
#include "engine.h"
#include "fake-driver.h"

namespace {

using namespace v4l2;

constexpr std::size_t slots = 8;
constexpr std::size_t pageBytes = 4096;

/** Sleeps until the engine has something to say. */
class Reader {
 public:
  void wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    condition_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    condition_.wait(lock, [this] { return woken_; });
    woken_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) refuse("Expected mode, width, height and frames");
  FakeDriver driver;
  driver.fourcc = V4L2_PIX_FMT_SRGGB10;
  driver.width = static_cast<std::uint32_t>(std::atoi(arguments[2]));
  driver.height = static_cast<std::uint32_t>(std::atoi(arguments[3]));
  driver.strideBytes = driver.width * 2;
  const std::size_t frameBytes = std::size_t{driver.strideBytes} * driver.height;
  const std::size_t slotBytes = (frameBytes + pageBytes - 1) / pageBytes * pageBytes;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> memory(
      static_cast<std::uint8_t*>(std::aligned_alloc(pageBytes, slots * slotBytes)), std::free);

  Reader reader;
  Engine engine(std::make_shared<Device>("/dev/fake", driver), [&] { reader.wake(); });
  StreamOptions options;
  options.memory = {memory.get(), slots * slotBytes};
  options.slotBytes = slotBytes;
  options.pendingFrames = slots - 1;
  options.mode = std::string(arguments[1]) == "user-pointer" ? MemoryMode::userPointer : MemoryMode::mmap;
  engine.start(std::move(options));
  for (std::size_t slot = 0; slot < slots; slot++) engine.handOver(slot * slotBytes);

  FakeFrame frame;
  frame.bytes.assign(frameBytes, 0x01);
  const auto deliver = [&](std::size_t number) {
    frame.sequence = static_cast<std::uint32_t>(number);
    while (!driver.produce(frame)) std::this_thread::yield();
    for (;;) {
      const Delivery delivery = engine.drain();
      for (const FrameMeta& meta : delivery.frames) engine.handOver(meta.slotOffset);
      if (!delivery.frames.empty()) return;
      reader.wait();
    }
  };
  const std::vector<double> samples = timeFrames(4 * slots, std::max(1, std::atoi(arguments[4])), deliver);
  if (engine.counters().delivered < samples.size()) refuse("Frames were lost, so the times mean nothing");
  engine.shutDown();
  printSamples(samples);
  return 0;
}
