#pragma once

#include <memory>
#include <mutex>
#include <node_api.h>
#include <optional>

#include "../v4l2/device.h"
#include "../v4l2/engine.h"
#include "listener.h"
#include "value.h"

namespace addon {

/** An open device with its capture thread, its JavaScript listener and the slot memory that it may write to. */
class Session {
 public:
  static constexpr napi_type_tag typeTag{0x7634'6c32'2d63'616dULL, 0x6572'612d'7365'7373ULL};

  /** JavaScript thread. The capture thread starts with {@link attach}. */
  Session(napi_env env, napi_value listener);
  ~Session();

  /** Any thread: opens the device and starts its thread. Throws v4l2::Error. */
  void attach(const std::string& path);

  /** Throws v4l2::Error with `v4l2.closed` once closed. */
  std::shared_ptr<const v4l2::Device> device() const;
  std::shared_ptr<v4l2::Engine> engine() const;

  /** JavaScript thread: starts a stream into the typed array `memory` and keeps that alive while slots may be touched. */
  void start(napi_value memory, v4l2::StreamOptions options);

  /** Any thread: ends stream and thread. */
  void detach();
  /** JavaScript thread: detaches and lets go of everything that belongs to JavaScript. */
  void close();

 private:
  void deliver(napi_env env, napi_value listener);
  void releaseMemory();

  const napi_env env_;
  mutable std::mutex mutex_;
  std::shared_ptr<const v4l2::Device> device_;
  std::shared_ptr<v4l2::Engine> engine_;
  std::optional<Listener> listener_;
  napi_ref memory_ = nullptr;
};

}  // namespace addon
