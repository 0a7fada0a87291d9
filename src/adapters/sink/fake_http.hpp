// What tests of sinks share: an HTTP client that answers as it is told and keeps what it was asked.
#pragma once

#include <string>
#include <vector>

#include "adapters/sink/common/parts.hpp"
#include "adapters/sink/sink_kinds.hpp"

namespace ballast::testing {

constexpr Timestamp wall{1'767'600'000'000'000'000};  // 2026-01-05T08:00:00Z

class FakeHttp final : public HttpClient {
 public:
  Result<HttpReply> reply = HttpReply{.status = 200, .headers = {}, .body = "ok"};
  std::vector<HttpRequest> asked;

 private:
  Result<HttpReply> exchange(const HttpRequest& what,
                             Duration /*at_most*/,
                             std::stop_token /*stop*/) override {
    asked.push_back(what);
    return reply;
  }
};

/// A secret that its kind takes, with a part that no text may hold.
inline std::string secret_of(SinkKind kind) {
  switch (kind) {
    case SinkKind::webhook:
      return "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
    case SinkKind::slack:
      return "https://hooks.slack.example/services/T0/B0/sEcReT";
    case SinkKind::alertmanager:
      return "";
    default:
      return "sEcReT0123456789";
  }
}

/// As configured at `url`, which Slack's secret is instead.
inline SinkParts parts_of(SinkKind kind, HttpClient& http, const std::string& url) {
  SinkSettings settings;
  settings.name = "mine";
  settings.kind = kind;
  settings.url = url;
  settings.chat = "-100123";
  return {settings, Secret(secret_of(kind)), http, [] { return wall; }};
}

inline Notification firing() {
  return {.id = "out/delta:BTC@mm/3",
          .message = "out/delta:BTC@mm/3|firing|1|0",
          .rule = "out",
          .factor = "delta:BTC",
          .book = "mm",
          .severity = Severity::critical,
          .state = NotificationState::firing,
          .t = wall - Duration::seconds(1),
          .since = wall - Duration::seconds(1),
          .value = 1.4,
          .threshold = "abs_z > 1 for 30s",
          .reason = "<why> & \"how\"",
          .desk = "maker",
          .link = "https://desk.example/alerts"};
}

}  // namespace ballast::testing
