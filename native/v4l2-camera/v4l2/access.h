#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace v4l2 {

/** A process that has a device open. */
struct Holder {
  pid_t pid = 0;
  /** The program's short name (`/proc/PID/comm`). */
  std::string command;
};

/**
 * The processes that have `devicePath` open, without this one. Processes of other users are seen only by root, so an
 * empty answer does not prove that nobody holds it.
 */
std::vector<Holder> findHolders(const std::string& devicePath, const std::string& procRoot = "/proc");

/** The end of a sentence that tells a person why a device refused and what to do, or nothing when that is not known. */
std::string explainRefusal(const std::string& devicePath, int errnoValue, const std::string& procRoot = "/proc");

}  // namespace v4l2
