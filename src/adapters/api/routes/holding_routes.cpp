// What the desk holds: positions, balances, transfers, orders, breaks, profit.
#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

Response positions(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  const Desk& desk = engine.desk();
  const Books& books = engine.books();
  BALLAST_ANSWER(page, page_of(request, "positions"));
  BALLAST_ANSWER(venue, venue_filter(desk, request));
  BALLAST_ANSWER(instrument, instrument_filter(desk, request));
  const auto account = request.parameter("account");
  const auto book = request.parameter("book");
  const auto position = [&](std::size_t i) -> const Position& { return books.positions()[i]; };
  return answer_page(
      view, page,
      {.list = "positions",
       .count = books.positions().size(),
       .wanted =
           [&](std::size_t i) {
             const Position& p = position(i);
             if (!instrument.passes(p.instrument)) return false;
             const Place& place = books.account(p.account);
             return venue.passes(place.venue) && passes(account, place.account.view()) &&
                    passes(book, books.book(p.book).view());
           },
       // Positions are numbered by the journal; what one is of tells whether it still is the same.
       .name_of = [&](std::size_t i) { return desk.instrument(position(i).instrument).name; },
       .write =
           [&](JsonWriter& out, std::size_t i) {
             write_position(out, position_report(desk, books, engine.market(), position(i)));
           }});
}

/// Accounts and their assets in the order of their first appearance: a place is "account/asset".
Response balances(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  const Desk& desk = engine.desk();
  const Books& books = engine.books();
  BALLAST_ANSWER(page, page_of(request, "balances"));
  BALLAST_ANSWER(venue, venue_filter(desk, request));
  BALLAST_ANSWER(asset, asset_filter(desk, request));
  const auto account = request.parameter("account");
  // Accounts times assets: what two numbers name is one number.
  const std::size_t assets = desk.assets.size();
  const auto find = [&](std::size_t i) -> const Balance* {
    for (const Balance& balance : books.balances(AccountId{i / assets})) {
      if (balance.asset.index() == i % assets) return &balance;
    }
    return nullptr;
  };
  return answer_page(view, page,
                     {.list = "balances",
                      .count = books.account_count() * assets,
                      .wanted =
                          [&](std::size_t i) {
                            const Place& place = books.account(AccountId{i / assets});
                            return asset.passes(AssetId{i % assets}) && venue.passes(place.venue) &&
                                   passes(account, place.account.view()) && find(i) != nullptr;
                          },
                      .name_of = [&](std::size_t i) { return desk.assets[i % assets].name; },
                      .write =
                          [&](JsonWriter& out, std::size_t i) {
                            const Place& place = books.account(AccountId{i / assets});
                            write_balance(out, {desk.venue(place.venue).name, place.account.str(),
                                                desk.assets[i % assets].name, find(i)->qty});
                          }});
}

Response transfers(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  BALLAST_ANSWER(page, page_of(request, "transfers"));
  const auto all = engine.books().transfers().all();
  const auto open = engine.books().transfers().open();  // ascending
  return answer_page(
      view, page,
      {.list = "transfers",
       .count = all.size(),
       .wanted =
           [&](std::size_t i) {
             return std::binary_search(open.begin(), open.end(), static_cast<std::uint32_t>(i));
           },
       .name_of = [&](std::size_t i) { return all[i].id.str(); },
       .write =
           [&](JsonWriter& out, std::size_t i) {
             write_transfer(out, engine.desk(), engine.books(), all[i], engine.now());
           }});
}

/// A list of few items, by their name: those after the one that the cursor names.
template <class Items, class Name, class Write>
Response short_list(const DeskView& view,
                    const Page& page,
                    std::string_view list,
                    Items items,
                    const Name& name,
                    const Write& write) {
  std::sort(items.begin(), items.end(),
            [&](const auto& a, const auto& b) { return name(a) < name(b); });
  ListAnswer answer(view);
  std::size_t written = 0;
  std::string last;
  for (const auto& item : items) {
    if (page.place && name(item) <= *page.place) continue;
    if (written++ == page.limit) return answer.finish(encode_cursor(list, last));
    write(answer.item(), item);
    last = name(item);
  }
  return answer.finish(std::nullopt);
}

Response orders(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, "orders"));
  std::vector<const OpenOrder*> items;
  for (const OpenOrder& order : view.engine.control().orders().all())
    items.push_back(&order);
  return short_list(
      view, page, "orders", std::move(items),
      [](const OpenOrder* order) { return order->id.str(); },
      [&](JsonWriter& out, const OpenOrder* order) {
        write_order(out, view.engine.desk(), *order);
      });
}

Response breaks(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, "breaks"));
  std::vector<BreakReport> items;
  for (const Break& item : view.engine.books().breaks()) {
    if (!item.closed) items.push_back(break_report(view.engine.desk(), view.engine.books(), item));
  }
  return short_list(view, page, "breaks", std::move(items), break_key, write_break);
}

Response pnl(const DeskView& view, const Request& /*request*/) {
  const Engine& engine = view.engine;
  const Desk& desk = engine.desk();
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("currency").value(desk.asset(desk.currency).name);
  out.key("factors").begin_array();
  for (std::size_t i = 0; i < desk.factors.size(); ++i) {
    if (desk.factors[i].kind != FactorKind::delta) continue;
    out.begin_object();
    out.key("key").value(factor_label(desk.factors[i]));
    write_profit(out, profit_of(engine, FactorId{i}));
    out.end_object();
  }
  out.end_array();
  const PositionsProfit all = positions_profit(engine);
  out.key("positions").begin_object();
  out.key("realized").value(all.realized);
  out.key("unrealized").value(all.unrealized);
  out.key("fees").value(all.fees);
  out.key("funding").value(all.funding);
  out.key("unpriced").begin_array();
  for (const std::string_view asset : all.unpriced)
    out.value(asset);
  out.end_array();
  out.end_object();
  out.key("net_asset_value").value(NetAssetValue::of(desk, engine.books(), engine.market()));
  out.end_object();
  return ok(out);
}

}  // namespace

void add_holding_routes(Table& table, const RouteContext& context) {
  const ParameterDoc venue{"venue", "only of this venue"};
  const ParameterDoc account{"account", "only of this account"};
  table.push_back(reads(context, "/api/v1/positions", "Positions, each of a book in an instrument.",
                        "PositionList",
                        with_page({venue,
                                   account,
                                   {"book", "only of this book"},
                                   {"instrument", "only in this instrument"}}),
                        positions));
  table.push_back(reads(context, "/api/v1/balances", "Balances by account and asset.",
                        "BalanceList", with_page({venue, account, {"asset", "only of this asset"}}),
                        balances));
  table.push_back(reads(context, "/api/v1/transfers", "Transfers under way.", "TransferList",
                        with_page(), transfers));
  table.push_back(reads(context, "/api/v1/orders",
                        "Our own orders that may still trade, or have traded what no fill has told "
                        "yet.",
                        "OrderList", with_page(), orders));
  table.push_back(reads(context, "/api/v1/breaks",
                        "Open reconciliation breaks, with what could explain them.", "BreakList",
                        with_page(), breaks));
  table.push_back(reads(context, "/api/v1/pnl",
                        "Profit by factor and of all positions, in the reporting currency.", "Pnl",
                        {}, pnl));
}

}  // namespace ballast::api
