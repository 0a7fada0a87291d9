#include "adapters/sink/sink_kinds.hpp"

#include <array>

#include <fmt/format.h>

#include "adapters/sink/alertmanager/alertmanager.hpp"
#include "adapters/sink/pagerduty/pagerduty.hpp"
#include "adapters/sink/slack/slack.hpp"
#include "adapters/sink/telegram/telegram.hpp"
#include "adapters/sink/webhook/webhook.hpp"

namespace ballast {
namespace {

constexpr std::array<SinkKindRow, sink_kind_infos.size()> kinds{{
    {SinkKind::webhook, make_webhook_sink},
    {SinkKind::slack, make_slack_sink},
    {SinkKind::pagerduty, make_pagerduty_sink},
    {SinkKind::telegram, make_telegram_sink},
    {SinkKind::alertmanager, make_alertmanager_sink},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (static_cast<std::size_t>(kinds[i].kind) != i || sink_kind_infos[i].kind != kinds[i].kind)
      return false;
  return true;
}
static_assert(in_order());

}  // namespace

std::span<const SinkKindRow> sink_kinds() { return kinds; }

Result<std::unique_ptr<AlertSink>> make_sink(SinkParts parts) {
  const std::string name = parts.settings.name;
  auto sink = kinds[static_cast<std::size_t>(parts.settings.kind)].make(std::move(parts));
  if (sink) return sink;
  return fail(sink.error().code, fmt::format("sink \"{}\": {}", name, sink.error().what));
}

}  // namespace ballast
