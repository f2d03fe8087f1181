#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace v4l2 {

/**
 * What went wrong with a device, in words for a person and in a code for a program. Copies share nothing, unlike those of
 * std::runtime_error, so that one may go to another thread.
 */
class Error : public std::exception {
 public:
  Error(std::string code, std::string message, int errnoValue = 0)
      : code_(std::move(code)), message_(std::move(message)), errno_(errnoValue) {}

  const char* what() const noexcept override { return message_.c_str(); }
  /** Stable, for example `v4l2.busy`; the list is in README.md. */
  const std::string& code() const { return code_; }
  /** The kernel's number, or 0 when no system call failed. */
  int errnoValue() const { return errno_; }

  /** The control that made a batch fail, where the driver tells. */
  std::optional<std::uint32_t> control;

 private:
  std::string code_;
  std::string message_;
  int errno_;
};

/** The stable code of a failed call, for example `v4l2.unplugged` for ENODEV. */
std::string codeOfErrno(int errnoValue, const std::string& operation);

/** The error of a call that has just failed on `subject`, for example VIDIOC_S_FMT on /dev/video0. */
Error systemError(int errnoValue, const std::string& operation, const std::string& subject);

/** The name of an errno value, for example EBUSY. */
std::string errnoName(int errnoValue);

}  // namespace v4l2
