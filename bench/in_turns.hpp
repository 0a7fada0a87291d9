// Two ways to the same answers, run in turns and timed by the processor's clock of this thread, so
// that neighbours on the machine hardly matter. The counters are medians over the iterations: the
// time of one of `count` by each, and their ratio.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

#include <benchmark/benchmark.h>

namespace ballast {

inline double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// `ours` is repeated `rounds` times to each of `theirs`, so that both are long enough to time.
template <class Ours, class Theirs>
void in_turns(
    benchmark::State& state, double count, int rounds, const Ours& ours, const Theirs& theirs) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e9 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec);
  };
  std::vector<double> ours_ns;
  std::vector<double> theirs_ns;
  std::vector<double> ratios;
  for (auto _ : state) {
    const double begin = now();
    for (int i = 0; i < rounds; ++i)
      ours();
    const double between = now();
    theirs();
    const double end = now();
    ours_ns.push_back((between - begin) / (rounds * count));
    theirs_ns.push_back((end - between) / count);
    ratios.push_back(theirs_ns.back() / ours_ns.back());
  }
  state.counters["ours_ns"] = median_of(ours_ns);
  state.counters["theirs_ns"] = median_of(theirs_ns);
  state.counters["ratio"] = median_of(ratios);
}

}  // namespace ballast
