// The kinds of sinks there are. To add one: a folder beside this file, a row in sink_kinds, and
// what it must be told in ports/alert_settings.hpp; the conformance suite takes it up.
#pragma once

#include <memory>
#include <span>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

struct SinkKindRow {
  SinkKind kind;
  Result<std::unique_ptr<AlertSink>> (*make)(SinkParts parts);
};
/// In the order of SinkKind.
std::span<const SinkKindRow> sink_kinds();

/// The sink that the settings describe; the error names it, and never says the secret.
Result<std::unique_ptr<AlertSink>> make_sink(SinkParts parts);

}  // namespace ballast
