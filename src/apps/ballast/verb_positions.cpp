#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/ballast/client_verb.hpp"

namespace ballast {
namespace {

constexpr std::array columns{
    ItemColumn{"venue", "venue"},
    ItemColumn{"account", "account"},
    ItemColumn{"book", "book"},
    ItemColumn{"instrument", "instrument"},
    ItemColumn{"qty", "qty"},
    ItemColumn{"average", "average_price"},
    ItemColumn{"realized", "realized_pnl"},
    ItemColumn{"unrealized", "unrealized_pnl"},
};

struct Arguments : ClientVerb {
  std::string venue, account, book, instrument;
};

}  // namespace

std::function<Exit()> make_positions(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_service(app, *arguments);
  app.add_option("--venue", arguments->venue, "only at this venue");
  app.add_option("--account", arguments->account, "only on this account");
  app.add_option("--book", arguments->book, "only of this book");
  app.add_option("--instrument", arguments->instrument, "only in this instrument");
  return [arguments] {
    return list_items(*arguments,
                      with_query("/api/v1/positions", {{"venue", arguments->venue},
                                                       {"account", arguments->account},
                                                       {"book", arguments->book},
                                                       {"instrument", arguments->instrument}}),
                      columns, "no positions");
  };
}

}  // namespace ballast
