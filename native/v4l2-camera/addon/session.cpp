#include "session.h"

#include <cerrno>
#include <utility>

#include "convert.h"

namespace addon {

Session::Session(napi_env env, napi_value listener) : env_(env) {
  listener_.emplace(env, listener, [this](napi_env e, napi_value function) { deliver(e, function); });
}

Session::~Session() {
  detach();
}

void Session::attach(const std::string& path) {
  auto device = std::make_shared<const v4l2::Device>(path);
  auto engine = std::make_shared<v4l2::Engine>(device, [this] { listener_->wake(); });
  const std::scoped_lock lock(mutex_);
  device_ = std::move(device);
  engine_ = std::move(engine);
}

std::shared_ptr<const v4l2::Device> Session::device() const {
  const std::scoped_lock lock(mutex_);
  if (device_) return device_;
  throw v4l2::Error("v4l2.closed", "Expected an open device but received one that is closed", EBADF);
}

std::shared_ptr<v4l2::Engine> Session::engine() const {
  const std::scoped_lock lock(mutex_);
  if (engine_) return engine_;
  throw v4l2::Error("v4l2.closed", "Expected an open device but received one that is closed", EBADF);
}

void Session::start(napi_value memory, v4l2::StreamOptions options) {
  const std::shared_ptr<v4l2::Engine> engine = this->engine();
  options.memory = JsValue(env_, memory).bytes();
  napi_ref reference = nullptr;
  check(env_, napi_create_reference(env_, memory, 1, &reference));
  try {
    engine->start(std::move(options));
  } catch (...) {
    napi_delete_reference(env_, reference);
    throw;
  }
  releaseMemory();
  memory_ = reference;
}

void Session::detach() {
  std::shared_ptr<v4l2::Engine> engine;
  std::shared_ptr<const v4l2::Device> device;
  {
    const std::scoped_lock lock(mutex_);
    engine = std::exchange(engine_, nullptr);
    device = std::exchange(device_, nullptr);
  }
  // Whoever still uses the engine on another thread must not keep the capture thread alive beyond this point.
  if (engine) engine->shutDown();
}

void Session::close() {
  detach();
  listener_.reset();
  releaseMemory();
}

void Session::releaseMemory() {
  if (memory_ != nullptr) napi_delete_reference(env_, std::exchange(memory_, nullptr));
}

void Session::deliver(napi_env env, napi_value listener) {
  std::shared_ptr<v4l2::Engine> engine;
  {
    const std::scoped_lock lock(mutex_);
    engine = engine_;
  }
  if (!engine) return;
  const v4l2::Delivery delivery = engine->drain();
  if (!engine->isActive()) releaseMemory();
  napi_value argument = deliveryToJs(env, delivery);
  check(env, napi_call_function(env, undefined(env), listener, 1, &argument, nullptr));
}

}  // namespace addon
