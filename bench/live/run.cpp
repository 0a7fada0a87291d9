#include "live/run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "live/desk_shape.hpp"
#include "live/disk_probe.hpp"
#include "live/verdict.hpp"

namespace ballast::live_bench {
namespace {

constexpr int syncs_before = 200;
constexpr double early_share = 0.1;
constexpr std::int64_t say_every_ns = 30 * ns_a_second;
constexpr std::int64_t last_alerts_within_ns = 5 * ns_a_second;

// What an event takes in the journal, with its row among the fills and its pages' slack.
constexpr double bytes_a_fill = 600.0;
constexpr double bytes_a_mark = 250.0;

void check_room(const Options& options, const std::filesystem::path& folder) {
  const double needed =
      options.seconds * (static_cast<double>(options.fills_a_second) * bytes_a_fill +
                         static_cast<double>(options.marks_a_second) * bytes_a_mark);
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return;
  const double room = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  if (room >= needed) return;
  throw Failure(
      fmt::format("the journal would take up to {:.1f} GB, and {} has {:.1f} GB left: "
                  "name another folder in BALLAST_BENCH_DIR",
                  needed * 1e-9, folder.string(), room * 1e-9));
}

double own_processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of the whole machine, waiting aside; what a hypervisor takes away counts as used.
double machine_processor_seconds() {
  std::ifstream file("/proc/stat");
  std::string name;
  file >> name;
  double total = 0.0;
  for (int field = 0; field < 8; ++field) {
    constexpr int idle = 3;
    constexpr int iowait = 4;
    double ticks = 0.0;
    file >> ticks;
    if (field != idle && field != iowait) total += ticks;
  }
  return total / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

/// Until the feed ends by itself; the service's memory is looked at each second.
Growth watch(Service& service,
             Feed& feed,
             double seconds,
             const volatile std::sig_atomic_t& interrupted) {
  Growth growth;
  const std::int64_t begin = steady_ns();
  std::int64_t look = begin;
  std::int64_t say = begin + say_every_ns;
  while (feed.running()) {
    nap();
    const std::int64_t now = steady_ns();
    if (interrupted != 0) throw Failure("interrupted");
    if (!service.running()) throw Failure("the service has ended by itself");
    if (now < look) continue;
    look += ns_a_second;
    growth.late_bytes = service.resident_bytes();
    growth.late_fills = feed.fills_answered();
    if (to_seconds(now - begin) <= seconds * early_share + 1.0) {
      growth.early_bytes = growth.late_bytes;
      growth.early_fills = growth.late_fills;
    }
    if (now < say) continue;
    say += say_every_ns;
    fmt::print(stderr, "{:.0f} s: {} fills acknowledged, the service has {}\n",
               to_seconds(now - begin), grouped(growth.late_fills), mebibytes(growth.late_bytes));
  }
  return growth;
}

void await_alerts(const Receiver& receiver, std::size_t expected) {
  const std::int64_t until = steady_ns() + last_alerts_within_ns;
  while (receiver.received().firings.size() < expected && steady_ns() < until)
    nap();
}

void load(const Options& options,
          Service& service,
          Receiver& receiver,
          Subscribers& subscribers,
          const volatile std::sig_atomic_t& interrupted,
          Findings& found) {
  const std::string viewer = service.make_token("viewer", "viewer");
  subscribers.start(service.port(), viewer);
  Feed feed({.port = service.port(),
             .token = service.make_token("feed", "ingest"),
             .fills_a_second = options.fills_a_second,
             .marks_a_second = options.marks_a_second,
             .seconds = options.seconds});
  const double service_before = service.processor_seconds();
  const double own_before = own_processor_seconds();
  const double machine_before = machine_processor_seconds();
  feed.start();
  found.growth = watch(service, feed, options.seconds, interrupted);
  found.feed = feed.finish();
  found.service_processor_seconds = service.processor_seconds() - service_before;
  found.own_processor_seconds = own_processor_seconds() - own_before;
  found.other_processor_seconds =
      std::max(0.0, machine_processor_seconds() - machine_before - found.own_processor_seconds -
                        found.service_processor_seconds);
  found.system = service.get("/api/v1/system", viewer);
  await_alerts(receiver, found.feed.probes.size());
}

}  // namespace

Findings run_bench(const Options& options,
                   const std::filesystem::path& folder,
                   const volatile std::sig_atomic_t& interrupted) {
  check_room(options, folder);
  Findings found;
  DiskProbe disk(folder);
  found.sync_before = disk.measure(syncs_before);
  Receiver receiver;
  write_desk(folder, receiver.port());
  Service service(options.program, folder);
  try {
    receiver.start();
    disk.start();
    Subscribers subscribers(options.subscribers);
    load(options, service, receiver, subscribers, interrupted, found);
    found.sync_beside = disk.finish();
    subscribers.expect_the_end();
    found.stopped = service.stop();
    found.stream = subscribers.finish();
    found.alerts = receiver.received();
  } catch (const Failure& failure) {
    throw Failure(
        fmt::format("{}\nThe service's last words:\n{}", failure.what(), service.last_words()));
  }
  fmt::print(stderr, "stopped; reading the journal\n");
  found.journal = check_journal(options.program, folder, found.feed.fills_by_session);
  return found;
}

}  // namespace ballast::live_bench
