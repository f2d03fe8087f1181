#pragma once

#include <string>

#include "system-calls.h"

namespace v4l2 {

/**
 * The name of the entity whose interface is the device node `majorMinor` (for example `81:0`) in the graph of a media
 * device; empty where the graph cannot be read or has no such node.
 */
std::string entityOfNode(const std::string& mediaPath, const std::string& majorMinor, SystemCalls& calls);

}  // namespace v4l2
