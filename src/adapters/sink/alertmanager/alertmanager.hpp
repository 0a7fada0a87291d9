// Prometheus Alertmanager, API v2: told like Prometheus tells it, so its routes, silences and
// inhibitions hold for Ballast's alerts as well.
//
// What fires is sent again each minute and ends by itself when it is not, so an alert of a desk
// that died does not stand for ever. Times are never later than the wall's: a simulated desk's may
// be.
#pragma once

#include <memory>

#include "adapters/sink/common/parts.hpp"
#include "ports/alert_sink.hpp"

namespace ballast {

Result<std::unique_ptr<AlertSink>> make_alertmanager_sink(SinkParts parts);

}  // namespace ballast
