#include "apps/ballast/margin_output.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/client_output.hpp"

namespace ballast {
namespace {

using json = nlohmann::ordered_json;

constexpr std::array account_columns{
    ItemColumn{"venue", "venue"},
    ItemColumn{"account", "account"},
    ItemColumn{"in", "currency"},
    ItemColumn{"model", "model"},
    ItemColumn{"state", "state"},
    ItemColumn{"use", "use"},
    ItemColumn{"equity", "equity"},
    ItemColumn{"initial", "initial"},
    ItemColumn{"maintenance", "maintenance"},
    ItemColumn{"free", "free"},
    ItemColumn{"all filled", "free_in_flight"},
    ItemColumn{"age s", "age_seconds"},
    ItemColumn{"unknown", "unknown_reason"},
};
constexpr std::array position_columns{
    ItemColumn{"venue", "venue"},
    ItemColumn{"account", "account"},
    ItemColumn{"in", "currency"},
    ItemColumn{"instrument", "instrument"},
    ItemColumn{"coins", "coins"},
    ItemColumn{"initial", "initial"},
    ItemColumn{"maintenance", "maintenance"},
};
constexpr std::array coin_columns{
    ItemColumn{"venue", "venue"},
    ItemColumn{"account", "account"},
    ItemColumn{"in", "currency"},
    ItemColumn{"coin", "coin"},
    ItemColumn{"worst move", "worst.price_move"},
    ItemColumn{"vol", "worst.vol"},
    ItemColumn{"loss", "loss"},
    ItemColumn{"delta shock", "delta_shock"},
    ItemColumn{"roll shock", "roll_shock"},
    ItemColumn{"initial", "initial"},
    ItemColumn{"maintenance", "maintenance"},
};

/// The parts of all accounts under `key`, each with whose it is.
json parts_of(const json& accounts, const char* key) {
  json rows = json::array();
  for (const json& account : accounts) {
    for (const json& part : account[key]) {
      json row{{"venue", account["venue"]},
               {"account", account["account"]},
               {"currency", account["currency"]}};
      row.update(part);
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace

std::string shown_margins(std::string_view accounts, Format format) {
  std::string text =
      shown_items(accounts, account_columns, format, "no [[margins]] names an account");
  if (format == Format::csv) return text;
  const json all = json::parse(accounts);
  if (const json positions = parts_of(all, "positions"); !positions.empty())
    text += "\n" + shown_items(positions.dump(), position_columns, format, "");
  if (const json coins = parts_of(all, "by_coin"); !coins.empty())
    text += "\n" + shown_items(coins.dump(), coin_columns, format, "");
  return text;
}

}  // namespace ballast
