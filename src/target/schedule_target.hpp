// ScheduleTarget: a base value, and weekly spans of UTC time in which another holds.
//
// An entry covers [start, start + length) for each start, which is its weekday's midnight plus
// `from`; a span may run past midnight and past the week's end. Of the entries that cover a time
// the first in the list wins. While it holds, the target is its `value`, or else the base times its
// `scale`.
#pragma once

#include "target/target_model.hpp"

namespace ballast {

std::optional<Aim> aim(const ScheduleTarget& model, const Inventory& inventory);
std::optional<Timestamp> next_change(const ScheduleTarget& model, Timestamp now);
constexpr bool reads_value(const ScheduleTarget& /*model*/) { return false; }
std::string describe(const ScheduleTarget& model, const Inventory& inventory);

}  // namespace ballast
