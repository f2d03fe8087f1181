#include <cerrno>
#include <fcntl.h>

#include "async.h"
#include "bindings.h"
#include "convert.h"
#include "handle.h"
#include "session.h"

namespace addon {
namespace {

using SessionHandle = Handle<Session>;

v4l2::MemoryMode memoryModeOf(const std::string& name) {
  if (name == "user-pointer") return v4l2::MemoryMode::userPointer;
  return name == "dma-buf" ? v4l2::MemoryMode::dmaBuf : v4l2::MemoryMode::mmap;
}

/** Takes copies of the descriptors, so that the caller may close its own at any time. */
std::vector<v4l2::UniqueFd> duplicated(JsValue fds) {
  std::vector<v4l2::UniqueFd> copies;
  for (std::uint32_t i = 0; i < fds.length(); i++) {
    v4l2::UniqueFd copy(fcntl(static_cast<int>(fds[i].number()), F_DUPFD_CLOEXEC, 0));
    if (!copy) throw v4l2::systemError(errno, "fcntl(F_DUPFD_CLOEXEC)", "a dma-buf");
    copies.push_back(std::move(copy));
  }
  return copies;
}

napi_value startStream(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  const JsValue& wanted = arguments[1];
  v4l2::StreamOptions options;
  options.slotBytes = wanted["slotBytes"].size();
  options.pendingFrames = wanted["pendingFrames"].size();
  options.bufferCount = wanted["bufferCount"].uint32();
  options.mode = memoryModeOf(wanted["memoryMode"].string());
  options.dmaBufs = duplicated(wanted["dmaBufs"]);
  options.watchdog = std::chrono::milliseconds(wanted["watchdogMillis"].uint32());
  options.firstBackOff = std::chrono::milliseconds(wanted["firstBackOffMillis"].uint32());
  options.maximumRestarts = wanted["maximumRestarts"].uint32();
  options.recovery = std::chrono::milliseconds(wanted["recoveryMillis"].uint32());
  SessionHandle::unwrap(env, arguments[0])->start(wanted["memory"].raw(), std::move(options));
  return undefined(env);
}

napi_value stopStream(napi_env env, napi_callback_info info) {
  SessionHandle::unwrap(env, argumentsOf(env, info, 1)[0])->engine()->stop();
  return undefined(env);
}

napi_value queueSlot(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  SessionHandle::unwrap(env, arguments[0])->engine()->handOver(arguments[1].size());
  return undefined(env);
}

napi_value setWatchdog(napi_env env, napi_callback_info info) {
  const auto arguments = argumentsOf(env, info, 2);
  SessionHandle::unwrap(env, arguments[0])->engine()->setWatchdog(std::chrono::milliseconds(arguments[1].uint32()));
  return undefined(env);
}

napi_value counters(napi_env env, napi_callback_info info) {
  return countersToJs(env, SessionHandle::unwrap(env, argumentsOf(env, info, 1)[0])->engine()->counters());
}

napi_value exportBuffers(napi_env env, napi_callback_info info) {
  const auto engine = SessionHandle::unwrap(env, argumentsOf(env, info, 1)[0])->engine();
  return runAsync(
      env, [engine] { return engine->exportBuffers(); },
      [](napi_env e, std::vector<v4l2::UniqueFd>& fds) {
        // From here on the descriptors are JavaScript's.
        return arrayOf(e, fds, [](napi_env inner, v4l2::UniqueFd& fd) { return toJs(inner, fd.release()); });
      });
}

}  // namespace

void defineStreamFunctions(napi_env env, napi_value exports) {
  define<startStream>(env, exports, "startStream");
  define<stopStream>(env, exports, "stopStream");
  define<queueSlot>(env, exports, "queueSlot");
  define<setWatchdog>(env, exports, "setWatchdog");
  define<counters>(env, exports, "counters");
  define<exportBuffers>(env, exports, "exportBuffers");
}

}  // namespace addon
