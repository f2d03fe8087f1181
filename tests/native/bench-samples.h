#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

/** Times `work(frame)` for every frame after the warm-up; milliseconds. */
template <typename Work>
std::vector<double> timeFrames(int warmUp, int frames, Work work) {
  std::vector<double> samples;
  for (int frame = 0; frame < warmUp + frames; frame++) {
    const auto begin = std::chrono::steady_clock::now();
    work(static_cast<std::size_t>(frame));
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - begin;
    if (frame >= warmUp) samples.push_back(elapsed.count());
  }
  return samples;
}

/** Prints what a case of tests/bench reads. */
inline void printSamples(const std::vector<double>& samples) {
  std::printf("{\"samplesMillis\": [");
  for (std::size_t i = 0; i < samples.size(); i++) std::printf("%s%.6f", i == 0 ? "" : ", ", samples[i]);
  std::printf("]}\n");
}

/** Ends the program with the sentence. */
[[noreturn]] inline void refuse(const char* sentence) {
  std::fprintf(stderr, "%s\n", sentence);
  std::exit(1);
}
