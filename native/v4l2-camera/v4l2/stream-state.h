#pragma once

#include <cerrno>
#include <string>
#include <utility>

#include "error.h"

namespace v4l2 {

/** `backingOff`: no frame came in time; the stream is stopped and will be tried again. */
enum class StreamState { idle, streaming, backingOff, failed, unplugged };

constexpr const char* nameOf(StreamState state) {
  constexpr const char* names[] = {"idle", "streaming", "backing-off", "failed", "unplugged"};
  return names[static_cast<int>(state)];
}

/** Every allowed change of a stream's state; whatever is not listed is refused. */
inline constexpr std::pair<StreamState, StreamState> streamTransitions[] = {
    {StreamState::idle, StreamState::streaming},       {StreamState::idle, StreamState::failed},
    {StreamState::idle, StreamState::unplugged},       {StreamState::streaming, StreamState::idle},
    {StreamState::streaming, StreamState::backingOff}, {StreamState::streaming, StreamState::failed},
    {StreamState::streaming, StreamState::unplugged},  {StreamState::backingOff, StreamState::idle},
    {StreamState::backingOff, StreamState::streaming}, {StreamState::backingOff, StreamState::backingOff},
    {StreamState::backingOff, StreamState::failed},    {StreamState::backingOff, StreamState::unplugged},
    {StreamState::failed, StreamState::streaming},     {StreamState::failed, StreamState::failed},
    {StreamState::failed, StreamState::unplugged},
};

constexpr bool mayFollow(StreamState current, StreamState next) {
  for (const auto& [from, to] : streamTransitions) {
    if (from == current && to == next) return true;
  }
  return false;
}

/** Whether the capture thread may touch the slots. */
constexpr bool isActive(StreamState state) {
  return state == StreamState::streaming || state == StreamState::backingOff;
}

/** The one guard of the table: throws Error that names the current and the wanted state. */
inline void requireTransition(StreamState current, StreamState next) {
  if (mayFollow(current, next)) return;
  throw Error("v4l2.wrong-state", std::string("Expected a stream that can become ") + nameOf(next) +
                                      " but received one that is " + nameOf(current), EINVAL);
}

}  // namespace v4l2
