// What every kind of sink is made of.
#pragma once

#include <functional>

#include "ports/alert_settings.hpp"
#include "ports/http_client.hpp"

namespace ballast {

/// `http` and `wall` outlive the sink.
struct SinkParts {
  SinkSettings settings;
  Secret secret;
  HttpClient& http;
  std::function<Timestamp()> wall;
};

}  // namespace ballast
