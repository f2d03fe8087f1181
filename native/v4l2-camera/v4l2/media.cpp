#include "media.h"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <linux/media.h>
#include <vector>

#include "unique-fd.h"

namespace v4l2 {
namespace {

struct Graph {
  std::vector<media_v2_entity> entities;
  std::vector<media_v2_interface> interfaces;
  std::vector<media_v2_link> links;
};

template <typename Item>
std::uint64_t addressOf(std::vector<Item>& items) {
  return reinterpret_cast<std::uintptr_t>(items.data());
}

bool readGraph(int fd, SystemCalls& calls, Graph& graph) {
  media_v2_topology topology{};
  if (calls.ioctl(fd, MEDIA_IOC_G_TOPOLOGY, &topology) != 0) return false;
  graph.entities.resize(topology.num_entities);
  graph.interfaces.resize(topology.num_interfaces);
  graph.links.resize(topology.num_links);
  topology.ptr_entities = addressOf(graph.entities);
  topology.ptr_interfaces = addressOf(graph.interfaces);
  topology.ptr_links = addressOf(graph.links);
  topology.ptr_pads = 0;
  return calls.ioctl(fd, MEDIA_IOC_G_TOPOLOGY, &topology) == 0;
}

}  // namespace

std::string entityOfNode(const std::string& mediaPath, const std::string& majorMinor, SystemCalls& calls) {
  const UniqueFd fd(calls.open(mediaPath.c_str(), O_RDWR | O_CLOEXEC));
  Graph graph;
  if (!fd || !readGraph(fd.get(), calls, graph)) return "";
  const auto isNode = [&](const media_v2_interface& candidate) {
    return std::to_string(candidate.devnode.major) + ":" + std::to_string(candidate.devnode.minor) == majorMinor;
  };
  const auto node = std::find_if(graph.interfaces.begin(), graph.interfaces.end(), isNode);
  if (node == graph.interfaces.end()) return "";
  for (const media_v2_link& link : graph.links) {
    if (link.source_id != node->id) continue;
    for (const media_v2_entity& entity : graph.entities) {
      if (entity.id == link.sink_id) return entity.name;
    }
  }
  return "";
}

}  // namespace v4l2
