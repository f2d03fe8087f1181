#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>

#include "engine.h"

namespace v4l2 {
namespace {

/** The driver's counter has 32 bits; a step of more than half of them is a counter that was set back. */
constexpr std::uint32_t largestGap = 0x7fffffff;

std::int64_t monotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void Engine::takeFrames(std::uint32_t epollEvents) {
  if (!queue_) {
    if ((epollEvents & EPOLLHUP) != 0) {
      endStream(StreamState::unplugged, systemError(ENODEV, "poll", device_->path()));
    } else {
      // A driver that reports an error while nothing streams would keep the thread awake for nothing.
      watch(0);
    }
    return;
  }
  FilledBuffer buffer;
  const int errnoValue = queue_->dequeue(buffer);
  if (errnoValue == 0) {
    handleFrame(buffer);
  } else if (errnoValue != EAGAIN) {
    handleQueueError(errnoValue, "VIDIOC_DQBUF");
  } else if ((epollEvents & EPOLLHUP) != 0) {
    handleQueueError(ENODEV, "poll");
  } else if ((epollEvents & EPOLLERR) != 0) {
    handleQueueError(EIO, "poll");
  }
}

void Engine::handleQueueError(int errnoValue, const char* operation) {
  const Error error = systemError(errnoValue, operation, device_->path());
  if (errnoValue == ENODEV) {
    endStream(StreamState::unplugged, error);
    return;
  }
  if (errnoValue == EIO) exchange_.count(&Counters::bad);
  restartLater(error);
}

void Engine::handleFrame(const FilledBuffer& buffer) {
  FrameMeta meta;
  meta.dequeuedNs = monotonicNs();
  meta.sequence = continueSequence(buffer);
  meta.timestampNs = buffer.timestampNs;
  meta.bytesUsed = buffer.bytesUsed;
  meta.flags = buffer.flags;
  meta.field = buffer.field;
  const Clock::time_point now = Clock::now();
  deadline_ = now + patience_;
  if (restarts_ > 0 && hasRecovered(now)) restarts_ = 0;
  if (options_.mode == MemoryMode::userPointer) {
    passFrame(buffer, meta);
  } else {
    copyFrame(buffer, meta);
  }
}

void Engine::copyFrame(const FilledBuffer& buffer, FrameMeta meta) {
  const bool faulty = (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0;
  const std::optional<std::size_t> slot = faulty ? std::nullopt : exchange_.takeSlot();
  if (!slot) {
    exchange_.count(faulty ? &Counters::bad : &Counters::noFreeSlot);
    requeue(buffer.index);
    return;
  }
  const auto planes = queue_->beginAccess(buffer);
  const std::optional<std::size_t> written = writer_->write(planes, exchange_.slot(*slot));
  queue_->endAccess(buffer);
  if (written) {
    meta.slotOffset = *slot;
    meta.bytesWritten = *written;
    meta.writtenNs = monotonicNs();
    exchange_.publish(meta);
  } else {
    exchange_.giveBack(*slot);
    exchange_.count(&Counters::bad);
  }
  requeue(buffer.index);
}

void Engine::passFrame(const FilledBuffer& buffer, FrameMeta meta) {
  const std::optional<std::size_t> slot = std::exchange(slotOfBuffer_[buffer.index], std::nullopt);
  const bool faulty = (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0 || buffer.bytesUsed < writer_->leastBytes();
  if (slot && faulty) {
    exchange_.giveBack(*slot);
    exchange_.count(&Counters::bad);
  } else if (slot) {
    meta.slotOffset = *slot;
    meta.bytesWritten = std::min<std::size_t>(buffer.bytesUsed, writer_->slotBytes());
    meta.writtenNs = meta.dequeuedNs;
    exchange_.publish(meta);
  }
  refillBuffers();
}

bool Engine::isStarved() const {
  return options_.mode == MemoryMode::userPointer &&
         std::ranges::none_of(slotOfBuffer_, [](const auto& slot) { return slot.has_value(); });
}

void Engine::refillBuffers() {
  giveSlotsToDriver();
  if (state_ == StreamState::streaming) watchForFrames();
}

void Engine::watchForFrames() {
  const bool starved = isStarved();
  if (starved) wasStarved_ = true;
  // Looking at a queue without buffers gives an error at once, every time.
  watch(starved ? EPOLLPRI : EPOLLIN | EPOLLPRI);
}

void Engine::giveSlotsToDriver() {
  for (std::uint32_t index = 0; index < queue_->count(); index++) {
    if (slotOfBuffer_[index]) continue;
    const std::optional<std::size_t> slot = exchange_.takeFreeSlot();
    if (!slot) return;
    if (const int errnoValue = queue_->queue(index, exchange_.slot(*slot)); errnoValue != 0) {
      exchange_.giveBack(*slot);
      if (state_ != StreamState::streaming) throw systemError(errnoValue, "VIDIOC_QBUF", device_->path());
      handleQueueError(errnoValue, "VIDIOC_QBUF");
      return;
    }
    slotOfBuffer_[index] = slot;
  }
}

void Engine::requeue(std::uint32_t index) {
  const int errnoValue = queue_->queue(index);
  if (errnoValue != 0) handleQueueError(errnoValue, "VIDIOC_QBUF");
}

std::uint64_t Engine::continueSequence(const FilledBuffer& buffer) {
  if (!previousTimestampNs_) {
    sequence_ = buffer.sequence;
  } else {
    const std::uint32_t step = previousSequence_ ? buffer.sequence - *previousSequence_ : stepOverRestart(buffer.timestampNs);
    const bool setBack = step == 0 || step > largestGap;
    if (!setBack && step > 1) exchange_.count(wasStarved_ ? &Counters::noFreeSlot : &Counters::driverGaps, step - 1);
    sequence_ += setBack ? 1 : step;
  }
  wasStarved_ = false;
  previousSequence_ = buffer.sequence;
  previousTimestampNs_ = buffer.timestampNs;
  return sequence_;
}

/** By how many frames the stream moved on over a restart: what the time between them held, at least the one that never came. */
std::uint32_t Engine::stepOverRestart(std::int64_t timestampNs) const {
  constexpr std::int64_t least = 2;
  const std::optional<Fraction> interval = readFrameInterval(*device_);
  if (!interval || interval->numerator == 0 || interval->denominator == 0) return least;
  const std::int64_t intervalNs = std::max<std::int64_t>(1, 1'000'000'000LL * interval->numerator / interval->denominator);
  // Of 64 bits that wrap: the driver's clock may do so between the two.
  const auto passedNs = static_cast<std::int64_t>(static_cast<std::uint64_t>(timestampNs) - static_cast<std::uint64_t>(*previousTimestampNs_));
  const std::int64_t steps = passedNs / intervalNs + (passedNs % intervalNs >= intervalNs / 2 ? 1 : 0);
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(steps, least, largestGap));
}

}  // namespace v4l2
