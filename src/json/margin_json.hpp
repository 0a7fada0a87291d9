// What venues ask for a desk's positions as JSON, as docs/api.md has it: one writer, so that the
// service, the report and the command line say the same. Pure functions.
#pragma once

#include "engine/margin_report.hpp"
#include "json/json_writer.hpp"

namespace ballast {

void write_margin(JsonWriter& out, const MarginView& view);

}  // namespace ballast
