// Margin: what venues ask for the desk's positions, account by account.
#include "adapters/api/routes/handlers.hpp"
#include "engine/margin_views.hpp"
#include "json/margin_json.hpp"

namespace ballast::api {
namespace {

constexpr std::string_view margins_list = "margins";

Response margin_list(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, margins_list));
  const Engine& engine = view.engine;
  const Desk& desk = engine.desk();
  return answer_page(view, page,
                     {.list = margins_list,
                      .count = desk.margins.size(),
                      .wanted = {},
                      .name_of = [&](std::size_t i) { return margin_label(desk, desk.margins[i]); },
                      .write = [&](JsonWriter& out,
                                   std::size_t i) { write_margin(out, margin_view(engine, i)); }});
}

}  // namespace

void add_margin_routes(Table& table, const RouteContext& context) {
  table.push_back(reads(context, "/api/v1/margins",
                        "Equity, initial and maintenance margin of each account that has them.",
                        "MarginList", with_page(), margin_list));
}

}  // namespace ballast::api
