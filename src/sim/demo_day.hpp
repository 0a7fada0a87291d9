// The demonstration's day: 24 hours of a small market-making desk from 2026-01-05T00:00:00Z, made
// from a seed. Its story (times UTC; what is random varies with the seed):
//
//   00:00  opening balances; quotes, client blocks and hedges begin, funding is paid every 8 hours
//   03:20  the hedger is down for 55 minutes, and a client sells into it
//   05:12  a fill that is reported 40 s late
//   05:36  a fill reported ten times too large, corrected at 05:52
//   09:03  one fill arrives twice
//   10:05  the inverse perpetual's venue is silent for 21 minutes: delta:BTC is unknown, and
//          nothing hedges
//   12:40  half a coin moves between venues for 25 minutes
//   14:10  the market falls 3 to 4 % in seconds, clients sell, hedges cannot keep up; the alert is
//          acknowledged, and an hour's smaller target set
//   19:31  a hedge fill goes missing: the venue's statement opens a break, the late fill closes it
//   20:39  a quote fill that the venue busts
//
// Equal seeds give equal days on every platform (no libm, no clock). Events stand in the order in
// which they arrive, so only the late fills are out of order of time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/desk.hpp"
#include "model/event.hpp"

namespace ballast {

struct DemoDay {
  std::string desk_toml;
  Desk desk;  // what the text means
  std::vector<Event> events;
};

DemoDay make_demo_day(std::uint64_t seed);

}  // namespace ballast
