#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "checks.h"
#include "engine.h"
#include "fake-driver.h"

namespace v4l2 {

using namespace std::chrono_literals;

inline constexpr std::size_t slotBytes = 32, slotCount = 4;
/** 16 RAW10 samples in two rows, every one 0x155. */
inline const std::vector<std::uint8_t> packedFrame(20, 0x55);

/** A camera on the fake driver with a reader that waits for what it needs. */
class Bench {
 public:
  FakeDriver driver;

  Bench() = default;
  Bench(const Bench&) = delete;
  /** The engine's thread wakes the reader until it is joined. */
  ~Bench() { engine.reset(); }

  void open() {
    device = std::make_shared<Device>("/dev/fake", driver);
    engine = std::make_unique<Engine>(device, [this] {
      const std::scoped_lock lock(mutex_);
      woken_ = true;
      condition_.notify_one();
    });
  }

  StreamOptions options() {
    StreamOptions options;
    options.memory = memory;
    options.slotBytes = slotBytes;
    options.firstBackOff = 1ms;
    return options;
  }

  void start(StreamOptions options, std::size_t slots = slotCount) {
    engine->start(std::move(options));
    for (std::size_t i = 0; i < slots; i++) engine->handOver(i * slotBytes);
    waitForState(StreamState::streaming);
  }
  void start() { start(options()); }

  void stop() {
    engine->stop();
    waitForState(StreamState::idle);
  }

  /** Returns when the engine has carried out what it was told until now: a question is answered after that. */
  void waitForCommands() {
    try {
      engine->exportBuffers();
    } catch (const Error&) {
      // The driver in memory exports nothing; that the engine has answered is enough.
    }
  }

  void produce(std::uint32_t sequence, std::uint32_t flags = 0) { produceBytes(sequence, packedFrame, flags); }
  void produceBytes(std::uint32_t sequence, std::vector<std::uint8_t> bytes, std::uint32_t flags = 0) {
    EXPECT_EQUAL(driver.produce({sequence, std::move(bytes), flags, 0}), true);
  }
  void produceAt(std::int64_t timestampNs, std::uint32_t sequence) {
    EXPECT_EQUAL(driver.produce({sequence, packedFrame, 0, timestampNs}), true);
  }

  /** A frame goes through, and its slot comes back. */
  void passFrame(std::uint32_t sequence) {
    produce(sequence);
    engine->handOver(waitForFrame().slotOffset);
  }

  /** Lets the queue fail once with an input error and waits for the restart; the notice of the pause before it. */
  StateNotice failOnce() {
    driver.setFailure(VIDIOC_DQBUF, EIO);
    driver.poke();
    StateNotice pause = waitForState(StreamState::backingOff);
    driver.setFailure(VIDIOC_DQBUF, 0);
    waitForState(StreamState::streaming);
    return pause;
  }

  StateNotice waitForState(StreamState state) {
    StateNotice found;
    wait([&] {
      for (auto it = notices_.begin(); it != notices_.end(); ++it) {
        const auto* notice = std::get_if<StateNotice>(&*it);
        if (notice == nullptr || notice->state != state) continue;
        found = *notice;
        notices_.erase(notices_.begin(), it + 1);
        return true;
      }
      return false;
    });
    return found;
  }

  template <typename Wanted>
  Wanted waitForNotice() {
    Wanted found;
    wait([&] {
      for (auto it = notices_.begin(); it != notices_.end(); ++it) {
        const auto* notice = std::get_if<Wanted>(&*it);
        if (notice == nullptr) continue;
        found = *notice;
        notices_.erase(it);
        return true;
      }
      return false;
    });
    return found;
  }

  FrameMeta waitForFrame() {
    wait([&] { return !frames_.empty(); });
    const FrameMeta frame = frames_.front();
    frames_.erase(frames_.begin());
    return frame;
  }

  /** Waits until the counters say so, without taking frames. */
  void waitForCount(std::uint64_t Counters::*counter, std::uint64_t value) {
    while (engine->counters().*counter < value) std::this_thread::yield();
    EXPECT_EQUAL(engine->counters().*counter, value);
  }

  std::uint16_t sampleAt(std::size_t slotOffset) const {
    return static_cast<std::uint16_t>(memory[slotOffset] | (memory[slotOffset + 1] << 8));
  }

  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(slotBytes * slotCount);
  std::shared_ptr<Device> device;
  std::unique_ptr<Engine> engine;

 private:
  void wait(const std::function<bool()>& fulfilled) {
    for (;;) {
      Delivery delivery = engine->drain();
      frames_.insert(frames_.end(), delivery.frames.begin(), delivery.frames.end());
      notices_.insert(notices_.end(), delivery.notices.begin(), delivery.notices.end());
      if (fulfilled()) return;
      std::unique_lock lock(mutex_);
      EXPECT_EQUAL(condition_.wait_for(lock, 20s, [this] { return woken_; }), true);
      woken_ = false;
    }
  }

  std::mutex mutex_;
  std::condition_variable condition_;
  bool woken_ = false;
  std::vector<FrameMeta> frames_;
  std::vector<Notice> notices_;
};

}  // namespace v4l2
