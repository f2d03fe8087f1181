#include "access.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace v4l2 {
namespace {

namespace fs = std::filesystem;

bool isNumber(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
}

bool holds(const fs::path& process, const std::string& devicePath) {
  std::error_code ignored;
  for (fs::directory_iterator entry(process / "fd", ignored), end; entry != end; entry.increment(ignored)) {
    if (fs::read_symlink(entry->path(), ignored) == devicePath) return true;
  }
  return false;
}

std::string groupName(gid_t gid) {
  std::vector<char> text(16384);
  group entry{};
  group* found = nullptr;
  getgrgid_r(gid, &entry, text.data(), text.size(), &found);
  return found != nullptr ? found->gr_name : std::to_string(gid);
}

std::string explainBusy(const std::string& devicePath, const std::string& procRoot) {
  const std::vector<Holder> holders = findHolders(devicePath, procRoot);
  if (holders.empty()) return ". Stop the stream or close the program that uses the camera; it may be another user's";
  std::string names;
  for (const Holder& holder : holders) {
    names += (names.empty() ? "" : ", ") + holder.command + " (process " + std::to_string(holder.pid) + ")";
  }
  return ". It is held by " + names + ": close it first";
}

std::string explainPermission(const std::string& devicePath) {
  struct stat status {};
  if (stat(devicePath.c_str(), &status) != 0) return "";
  if ((status.st_mode & S_IRGRP) == 0 || (status.st_mode & S_IWGRP) == 0) {
    return R"(. No group may use it: add a udev rule such as SUBSYSTEM=="video4linux", GROUP="video", MODE="0660")";
  }
  const std::string group = groupName(status.st_gid);
  return ". Members of the group " + group + " may open it: run sudo usermod -aG " + group + " $USER and log in again";
}

}  // namespace

std::vector<Holder> findHolders(const std::string& devicePath, const std::string& procRoot) {
  std::vector<Holder> holders;
  std::error_code ignored;
  for (fs::directory_iterator entry(procRoot, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename();
    if (!isNumber(name) || name == std::to_string(getpid()) || !holds(entry->path(), devicePath)) continue;
    std::string command;
    std::getline(std::ifstream(entry->path() / "comm"), command);
    holders.push_back({static_cast<pid_t>(std::stol(name)), command});
  }
  std::sort(holders.begin(), holders.end(), [](const Holder& a, const Holder& b) { return a.pid < b.pid; });
  return holders;
}

std::string explainRefusal(const std::string& devicePath, int errnoValue, const std::string& procRoot) {
  if (errnoValue == EBUSY) return explainBusy(devicePath, procRoot);
  if (errnoValue == EACCES || errnoValue == EPERM) return explainPermission(devicePath);
  return "";
}

}  // namespace v4l2
