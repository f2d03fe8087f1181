#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "error.h"
#include "events.h"
#include "stream-state.h"

namespace v4l2 {

/** What is known about one captured frame. */
struct FrameMeta {
  /** Where the slot begins in the slot memory. */
  std::size_t slotOffset = 0;
  std::size_t bytesWritten = 0;
  /** The driver's counter, continued over its 32-bit wrap and over restarts. */
  std::uint64_t sequence = 0;
  /** On the clock that `flags` names (V4L2_BUF_FLAG_TIMESTAMP_*), at the start or the end of exposure. */
  std::int64_t timestampNs = 0;
  std::uint32_t bytesUsed = 0;
  std::uint32_t flags = 0;
  std::uint32_t field = 0;
  /** CLOCK_MONOTONIC when the buffer was taken from the driver, and when the slot was complete. */
  std::int64_t dequeuedNs = 0;
  std::int64_t writtenNs = 0;
};

/** A change of the stream's state; `error` says why when it was not asked for. */
struct StateNotice {
  StreamState state = StreamState::idle;
  std::optional<Error> error;
  /** How many restarts there have been since the stream was started or has recovered. */
  std::uint32_t restarts = 0;
};

using Notice = std::variant<StateNotice, ControlChange, SourceChange, EndOfStream>;

/** Frames that were lost since the stream was started, by reason. */
struct Counters {
  std::uint64_t delivered = 0;
  /** Replaced by a newer frame before the reader came for them. */
  std::uint64_t late = 0;
  std::uint64_t noFreeSlot = 0;
  /** Missing in the driver's sequence, other than for want of slots. */
  std::uint64_t driverGaps = 0;
  /** Marked faulty by the driver, or too short for the format. */
  std::uint64_t bad = 0;
  std::uint64_t restarts = 0;
};

/** Everything that has happened since the reader last asked, in order. */
struct Delivery {
  std::vector<FrameMeta> frames;
  std::vector<Notice> notices;
};

/**
 * The meeting point of the capture thread and the reader's thread. Slots come in empty and go out filled; at most
 * `pendingFrames` filled ones wait, and the newest wins. Neither side ever waits for the other beyond a short lock.
 */
class FrameExchange {
 public:
  /** `wake` is called on the capture thread, at most once between two drains; it must not block. */
  explicit FrameExchange(std::function<void()> wake) : wake_(std::move(wake)) {}

  /** Forgets every slot and zeroes the counters. Call while nothing streams. */
  void reset(std::span<std::uint8_t> memory, std::size_t slotBytes, std::size_t pendingFrames);

  /** Reader: gives an empty slot. Throws Error when it lies outside the memory, overlaps a row or is already here. */
  void handOver(std::size_t slotOffset);
  Delivery drain();
  Counters counters() const;

  /** Capture thread: a slot to fill, at the cost of the oldest waiting frame when no other is free. */
  std::optional<std::size_t> takeSlot();
  /** Capture thread: an empty slot that costs no frame. */
  std::optional<std::size_t> takeFreeSlot();
  void giveBack(std::size_t slotOffset);
  std::span<std::uint8_t> slot(std::size_t slotOffset) const { return memory_.subspan(slotOffset, slotBytes_); }
  void publish(const FrameMeta& frame);
  void announce(Notice notice);
  void count(std::uint64_t Counters::*reason, std::uint64_t frames = 1);

 private:
  void wakeOnce(std::unique_lock<std::mutex>& lock);
  void replaceOldest();

  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::span<std::uint8_t> memory_;
  std::size_t slotBytes_ = 0;
  std::size_t pendingFrames_ = 1;
  std::vector<std::size_t> free_;
  std::deque<FrameMeta> pending_;
  std::vector<Notice> notices_;
  Counters counters_;
  bool woken_ = false;
};

}  // namespace v4l2
