// The journal, read as it stands: its events and the audit of every change.
#include <charconv>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/health_json.hpp"
#include "adapters/api/routes/item_json.hpp"

namespace ballast::api {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A list from the store: `items` is one more than the page where there is another.
template <class Item, class Write>
Response stored_list(std::string_view list,
                     const Page& page,
                     const std::vector<Item>& items,
                     const std::optional<Timestamp>& now,
                     std::uint64_t seq,
                     const Write& write) {
  const std::size_t shown = std::min(page.limit, items.size());
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("items").begin_array();
  for (std::size_t i = 0; i < shown; ++i)
    write(out, items[i]);
  out.end_array();
  out.key("next").value(shown < items.size() ? std::optional(encode_cursor(
                                                   list, std::to_string(items[shown - 1].seq)))
                                             : std::nullopt);
  out.key("as_of").value(now);
  out.key("seq").value(seq);
  out.end_object();
  return ok(out);
}

void write_event(JsonWriter& out, const StoredEvent& event) {
  out.begin_object();
  out.key("seq").value(event.seq);
  out.key("event").raw(event.body);
  out.end_object();
}

void write_audit(JsonWriter& out, const AuditEntry& entry) {
  const auto json = [&](std::string_view key, const std::string& text) {
    out.key(key);
    if (text.empty()) return out.null();
    out.raw(text);
  };
  out.begin_object();
  out.key("seq").value(entry.seq);
  out.key("t").value(entry.t);
  out.key("by").value(entry.by);
  out.key("role").value(entry.role);
  out.key("action").value(entry.action);
  out.key("subject").value(entry.subject);
  json("before", entry.before);
  json("after", entry.after);
  write_reason(out, "reason", entry.reason);
  out.key("event").value(entry.event == 0 ? std::nullopt : std::optional(entry.event));
  out.end_object();
}

/// The store is read on the request's thread; what the desk says of itself on its own.
void events(const RouteContext& context, const Request& request, const Respond& respond) {
  if (!context.services.events) return respond(not_available("a way to read its journal"));
  auto page = page_of(request, "events");
  if (!page) return respond(std::move(page).error());
  std::uint64_t from = 1;
  if (const auto text = request.parameter("from")) {
    const auto seq = number(*text);
    if (!seq || *seq == 0) {
      return respond(
          problem(400, "bad_parameter",
                  fmt::format("from is `{}`: it must be an event's number, 1 or more", *text)));
    }
    from = *seq;
  }
  if (page->place) {
    const auto last = number(*page->place);
    if (!last) return respond(lost_cursor());
    from = std::max(from, *last + 1);
  }
  auto items = context.services.events(from, page->limit + 1);
  if (!items) return respond(problem(items.error()));
  context.desk.query([page = *page, items = std::move(*items), respond](const DeskView& view) {
    respond(stored_list("events", page, items, view.figures.now, view.figures.durable_seq,
                        write_event));
  });
}

void audit(const RouteContext& context, const Request& request, const Respond& respond) {
  if (!context.services.audit) return respond(not_available("a way to read its journal"));
  auto page = page_of(request, "audit");
  if (!page) return respond(std::move(page).error());
  AuditQuery query;
  if (page->place) {
    query.before = number(*page->place);
    if (!query.before) return respond(lost_cursor());
  }
  query.limit = page->limit + 1;
  query.by = request.parameter("by").value_or("");
  query.action = request.parameter("action").value_or("");
  query.subject = request.parameter("subject").value_or("");
  auto items = context.services.audit(query);
  if (!items) return respond(problem(items.error()));
  context.desk.query([page = *page, items = std::move(*items), respond](const DeskView& view) {
    respond(
        stored_list("audit", page, items, view.figures.now, view.figures.durable_seq, write_audit));
  });
}

}  // namespace

void add_journal_routes(Table& table, const RouteContext& context) {
  table.push_back(reads(context, "/api/v1/journal", "Where the journal stands.", "Journal", {},
                        [&context](const DeskView& view, const Request&) {
                          JsonWriter out(JsonWriter::Layout::compact);
                          write_journal(out, context.services, view);
                          return ok(out);
                        }));
  const auto add = [&](std::string pattern, std::string about, std::string schema,
                       std::vector<ParameterDoc> parameters, auto handler) {
    Route route;
    route.pattern = std::move(pattern);
    route.about = std::move(about);
    route.response_schema = std::move(schema);
    route.parameters = with_page(std::move(parameters));
    route.handle = [&context, handler](const Request& request, Respond respond) {
      handler(context, request, respond);
    };
    table.push_back(std::move(route));
  };
  add("/api/v1/journal/events", "Stored events as they stand, in order.", "StoredEventList",
      {{"from", "the first event's number; 1 when absent", "integer"}}, events);
  add("/api/v1/audit", "Who changed what, newest first.", "AuditList",
      {{"by", "only of this token's name"},
       {"action", "only of this action, such as target.set"},
       {"subject", "only about this, such as delta:BTC"}},
      audit);
}

}  // namespace ballast::api
