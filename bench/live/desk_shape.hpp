// The desk under load: how many of what it has, and what they are called. The configuration is
// written from this, and so are the events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace ballast::live_bench {

constexpr std::size_t instruments = 200;
constexpr std::size_t books = 5;
/// One instrument more, with a factor and a rule of its own: its fills bring about the alerts.
constexpr std::size_t probe = instruments;
constexpr std::string_view probe_rule = "probe-out";

/// "A007", or "PROBE".
std::string asset_name(std::size_t instrument);
/// "A007-USDT".
std::string instrument_name(std::size_t instrument);
/// "delta:A007".
std::string factor_name(std::size_t instrument);

/// Writes `desk.toml` and the receiver's secret into the folder.
void write_desk(const std::filesystem::path& folder, std::uint16_t receiver_port);

}  // namespace ballast::live_bench
