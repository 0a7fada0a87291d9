// The health document: for its route and its channel alike.
#pragma once

#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/services.hpp"
#include "json/json_writer.hpp"

namespace ballast::api {

void write_health(JsonWriter& out, const Services& services, const DeskView& view);
/// `key: {"p50", "p99"}`
void write_latency(JsonWriter& out, std::string_view key, const LatencyFigures& latency);
/// `{"file", "last_seq", "durable_seq", "digest", "bytes", "commit_seconds"}`
void write_journal(JsonWriter& out, const Services& services, const DeskView& view);

}  // namespace ballast::api
