#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <variant>
#include <vector>

#include "capture-queue.h"
#include "device.h"
#include "error.h"
#include "frame-exchange.h"
#include "frame-writer.h"
#include "stream-state.h"

namespace v4l2 {

/**
 * How to stream. The memory must outlive the stream: until an idle, failed or unplugged notice or the engine's end. With user
 * pointers, an unplugged driver cannot be told to stop: its slots are free only when the device is closed.
 */
struct StreamOptions {
  std::span<std::uint8_t> memory;
  std::size_t slotBytes = 0;
  std::size_t pendingFrames = 1;
  std::uint32_t bufferCount = 4;
  MemoryMode mode = MemoryMode::mmap;
  /** One descriptor per buffer and plane; the engine owns them. */
  std::vector<UniqueFd> dmaBufs;
  /** No frame for so long counts as a stall; zero derives it from the frame interval: five of them, at least one second. */
  std::chrono::milliseconds watchdog{0};
  /** The pause before the first restart; it doubles with each. */
  std::chrono::milliseconds firstBackOff{250};
  /** Restarts without a recovery between them before the stream is given up. */
  std::uint32_t maximumRestarts = 5;
  /**
   * A stream that still delivers frames so long after a restart has recovered: the restarts until then are forgotten. Zero derives
   * it from the watchdog: ten of them. Single frames between stalls are no recovery.
   */
  std::chrono::milliseconds recovery{0};
};

/**
 * The one thread of an open device. It takes frames from the driver into slots, listens to events, watches for stalls and
 * restarts. Everything it has to say goes through a FrameExchange; nothing it does waits for the reader.
 */
class Engine {
 public:
  /** Subscribes to the device's events and starts the thread. `wake` as in FrameExchange. */
  Engine(std::shared_ptr<const Device> device, std::function<void()> wake);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() { shutDown(); }

  /** Ends the stream without a notice and joins the thread. May be called twice, not from two threads at once. */
  void shutDown();

  /** Begins to stream; a StateNotice tells how that went. Throws Error when a stream is active. */
  void start(StreamOptions options);
  /** Ends the stream; a StateNotice tells when no slot is touched any more. Does nothing when none is active. */
  void stop();
  /** Whether the capture thread may still touch the slots. */
  bool isActive() const { return active_; }
  void handOver(std::size_t slotOffset);
  /**
   * Changes the active stream's watchdog, as in StreamOptions. The frame that is being waited for may take as long as was
   * allowed before: a shorter time counts from the next frame on.
   */
  void setWatchdog(std::chrono::milliseconds watchdog) { post(Patience{watchdog}); }
  Delivery drain() { return exchange_.drain(); }
  Counters counters() const { return exchange_.counters(); }
  /** The active stream's buffers as dma-bufs. Waits for the capture thread; throws Error. */
  std::vector<UniqueFd> exportBuffers();

 private:
  using Clock = std::chrono::steady_clock;
  struct Stop {};
  struct Refill {};
  struct Quit {};
  /** A value either way: an exception that two threads share is freed by whichever lets go last. */
  using ExportReply = std::variant<std::vector<UniqueFd>, Error>;
  struct Export {
    std::promise<ExportReply> reply;
  };
  struct Patience {
    std::chrono::milliseconds watchdog;
  };
  using Command = std::variant<StreamOptions, Stop, Refill, Quit, Export, Patience>;

  void post(Command command);
  ExportReply answerExport() const;
  void run();
  bool runCommands();
  int waitMilliseconds() const;
  void enter(StreamState next, std::optional<Error> error = std::nullopt);
  void watch(std::uint32_t epollEvents);

  void begin(StreamOptions options);
  void openQueue();
  void takeWatchdog(std::chrono::milliseconds watchdog);
  bool hasRecovered(Clock::time_point now) const;
  void endStream(StreamState next, std::optional<Error> error = std::nullopt);
  void restartLater(const Error& reason);
  void restart();
  void checkClock();

  void readEvents();
  void takeFrames(std::uint32_t epollEvents);
  void handleQueueError(int errnoValue, const char* operation);
  void handleFrame(const FilledBuffer& buffer);
  void copyFrame(const FilledBuffer& buffer, FrameMeta meta);
  void passFrame(const FilledBuffer& buffer, FrameMeta meta);
  void refillBuffers();
  void giveSlotsToDriver();
  /** Whether the driver has no memory to write to because the reader gave none. */
  bool isStarved() const;
  void watchForFrames();
  void requeue(std::uint32_t index);
  std::uint64_t continueSequence(const FilledBuffer& buffer);
  std::uint32_t stepOverRestart(std::int64_t timestampNs) const;

  const std::shared_ptr<const Device> device_;
  FrameExchange exchange_;
  UniqueFd epoll_;
  UniqueFd commandSignal_;
  std::mutex commandMutex_;
  std::deque<Command> commands_;
  bool closed_ = false;
  /** Set by start, cleared when the stream has ended: what the reader knows of `state_`. */
  std::atomic<bool> active_ = false;
  std::atomic<bool> refills_ = false;

  // What follows belongs to the capture thread.
  StreamState state_ = StreamState::idle;
  StreamOptions options_;
  std::unique_ptr<CaptureQueue> queue_;
  std::optional<FrameWriter> writer_;
  /** With user pointers: the slot that each buffer writes into, where it has one. */
  std::vector<std::optional<std::size_t>> slotOfBuffer_;
  /** With user pointers: since the last frame, the driver has had no memory for a while. */
  bool wasStarved_ = false;
  /** The driver's counter and time at the last frame; the counter is unknown after a restart, the time before the first frame. */
  std::optional<std::uint32_t> previousSequence_;
  std::optional<std::int64_t> previousTimestampNs_;
  std::uint64_t sequence_ = 0;
  std::chrono::milliseconds patience_{1000};
  /** Since the stream was started or has recovered; the pauses before them grow with it. */
  std::uint32_t restarts_ = 0;
  /** When the queue was last set up. */
  Clock::time_point queuedAt_;
  /** When the stream counts as stalled or, while backing off, is started again. */
  Clock::time_point deadline_;

  std::thread thread_;
};

}  // namespace v4l2
