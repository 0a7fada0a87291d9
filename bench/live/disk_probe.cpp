#include "live/disk_probe.hpp"

#include <chrono>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ballast::live_bench {
namespace {

constexpr std::size_t append_bytes = std::size_t{64} << 10U;
constexpr auto rest = std::chrono::milliseconds(200);

}  // namespace

DiskProbe::DiskProbe(const std::filesystem::path& folder)
    : path_(folder / "sync-probe"),
      file_(::open(path_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600)) {
  if (!file_.open()) throw Failure(fmt::format("{} cannot be written", path_.string()));
}

DiskProbe::~DiskProbe() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  ::unlink(path_.c_str());
}

std::int64_t DiskProbe::sync() {
  static const std::string bytes(append_bytes, 'x');
  const std::int64_t begin = steady_ns();
  if (::write(file_.get(), bytes.data(), bytes.size()) < 0 || ::fdatasync(file_.get()) != 0)
    throw Failure(fmt::format("{} cannot be written", path_.string()));
  return steady_ns() - begin;
}

Samples DiskProbe::measure(int syncs) {
  Samples samples;
  for (int i = 0; i < syncs; ++i)
    samples.add(sync());
  return samples;
}

void DiskProbe::start() {
  thread_ = std::thread([this] {
    try {
      while (!stop_) {
        beside_.add(sync());
        std::this_thread::sleep_for(rest);
      }
    } catch (const Failure&) {
      // The disk is full: the service says so too, and louder.
    }
  });
}

Samples DiskProbe::finish() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return std::move(beside_);
}

}  // namespace ballast::live_bench
