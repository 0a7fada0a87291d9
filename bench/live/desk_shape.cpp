#include "live/desk_shape.hpp"

#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "live/basics.hpp"

namespace ballast::live_bench {
namespace {

constexpr std::string_view desk_head = R"([desk]
name = "live-bench"
currency = "USDT"
notifications_per_minute = 100000

[[assets]]
name = "USDT"

[[venues]]
name = "bench"
accounts = ["main"]
)";

constexpr std::string_view instrument_table = R"(
[[assets]]
name = "{0}"
[[instruments]]
name = "{1}"
kind = "spot"
venue = "bench"
base = "{0}"
quote = "USDT"
[[factors]]
name = "{2}"
target = {{ model = "static", value = "0" }}
band  = {{ lower = "-{3}", upper = "{3}" }}
limit = {{ lower = "-{4}", upper = "{4}" }}
max_age = "60s"
)";

// One fill of the probe is twice its band: out with one, back to the target with the next.
constexpr std::string_view desk_tail = R"(
[[rules]]
name = "{0}"
factor = "{1}"
when = "abs_z > 1"
severity = "critical"

[[sinks]]
name = "receiver"
kind = "webhook"
url = "http://127.0.0.1:{2}/alerts"
secret_file = "webhook.secret"
per_minute = 0
)";

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << text) || !file.flush())
    throw Failure(fmt::format("{} cannot be written", path.string()));
}

}  // namespace

std::string asset_name(std::size_t instrument) {
  return instrument == probe ? "PROBE" : fmt::format("A{:03}", instrument);
}

std::string instrument_name(std::size_t instrument) { return asset_name(instrument) + "-USDT"; }

std::string factor_name(std::size_t instrument) { return "delta:" + asset_name(instrument); }

void write_desk(const std::filesystem::path& folder, std::uint16_t receiver_port) {
  std::string text(desk_head);
  for (std::size_t i = 0; i <= probe; ++i) {
    text += fmt::format(instrument_table, asset_name(i), instrument_name(i), factor_name(i),
                        i == probe ? 1 : 50, i == probe ? 100 : 500);
  }
  text += fmt::format(desk_tail, probe_rule, factor_name(probe), receiver_port);
  write_file(folder / "desk.toml", text);

  using std::filesystem::perms;
  const std::filesystem::path secret = folder / "webhook.secret";
  // The base64 of 32 bytes; what is signed with it, nobody here verifies.
  write_file(secret, "whsec_YmFsbGFzdC1saXZlLWJlbmNoLTMyLWJ5dGVzLWxvbmc=\n");
  std::filesystem::permissions(secret, perms::owner_read | perms::owner_write);
}

}  // namespace ballast::live_bench
