#include "frame-exchange.h"

#include <algorithm>
#include <cerrno>
#include <string>

namespace v4l2 {
namespace {

/** Whether a waiting notice only tells an older value of the same control. */
bool supersedes(const Notice& newer, const Notice& older) {
  const auto* a = std::get_if<ControlChange>(&newer);
  const auto* b = std::get_if<ControlChange>(&older);
  return a != nullptr && b != nullptr && a->id == b->id;
}

}  // namespace

void FrameExchange::reset(std::span<std::uint8_t> memory, std::size_t slotBytes, std::size_t pendingFrames) {
  const std::scoped_lock lock(mutex_);
  memory_ = memory;
  slotBytes_ = slotBytes;
  pendingFrames_ = std::max<std::size_t>(1, pendingFrames);
  free_.clear();
  pending_.clear();
  counters_ = {};
}

void FrameExchange::handOver(std::size_t slotOffset) {
  const std::scoped_lock lock(mutex_);
  const bool inside = slotBytes_ <= memory_.size() && slotOffset <= memory_.size() - slotBytes_;
  const auto overlaps = [&](std::size_t other) {
    return slotOffset < other + slotBytes_ && other < slotOffset + slotBytes_;
  };
  const bool known = std::any_of(free_.begin(), free_.end(), overlaps) ||
                     std::any_of(pending_.begin(), pending_.end(), [&](const auto& f) { return overlaps(f.slotOffset); });
  if (!inside || known || slotOffset % alignof(std::uint16_t) != 0) {
    throw Error("v4l2.invalid", "Expected an even offset of a slot that is not queued yet for slotOffset but received " +
                                    std::to_string(slotOffset), EINVAL);
  }
  free_.push_back(slotOffset);
}

Delivery FrameExchange::drain() {
  const std::scoped_lock lock(mutex_);
  Delivery delivery;
  delivery.frames.assign(pending_.begin(), pending_.end());
  delivery.notices = std::move(notices_);
  counters_.delivered += pending_.size();
  pending_.clear();
  notices_.clear();
  woken_ = false;
  return delivery;
}

Counters FrameExchange::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

std::optional<std::size_t> FrameExchange::takeSlot() {
  {
    const std::scoped_lock lock(mutex_);
    if (free_.empty() && !pending_.empty()) replaceOldest();
  }
  return takeFreeSlot();
}

std::optional<std::size_t> FrameExchange::takeFreeSlot() {
  const std::scoped_lock lock(mutex_);
  if (free_.empty()) return std::nullopt;
  const std::size_t slotOffset = free_.back();
  free_.pop_back();
  return slotOffset;
}

void FrameExchange::giveBack(std::size_t slotOffset) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(slotOffset);
}

void FrameExchange::publish(const FrameMeta& frame) {
  std::unique_lock lock(mutex_);
  if (pending_.size() >= pendingFrames_) replaceOldest();
  pending_.push_back(frame);
  wakeOnce(lock);
}

void FrameExchange::announce(Notice notice) {
  std::unique_lock lock(mutex_);
  // A slider that another program drags must not pile up while the reader is busy.
  std::erase_if(notices_, [&](const Notice& older) { return supersedes(notice, older); });
  notices_.push_back(std::move(notice));
  wakeOnce(lock);
}

void FrameExchange::count(std::uint64_t Counters::*reason, std::uint64_t frames) {
  const std::scoped_lock lock(mutex_);
  counters_.*reason += frames;
}

void FrameExchange::wakeOnce(std::unique_lock<std::mutex>& lock) {
  if (woken_) return;
  woken_ = true;
  lock.unlock();
  wake_();
}

void FrameExchange::replaceOldest() {
  free_.push_back(pending_.front().slotOffset);
  pending_.pop_front();
  counters_.late++;
}

}  // namespace v4l2
