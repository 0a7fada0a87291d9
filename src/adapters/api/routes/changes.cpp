#include "adapters/api/routes/changes.hpp"

#include <fmt/format.h>

namespace ballast::api {
namespace {

void write_json_or_null(JsonWriter& out, std::string_view key, const std::string& json) {
  out.key(key);
  if (json.empty()) return out.null();
  out.raw(json);
}

Response done(const ChangeOutcome& outcome, bool dry_run, const std::string& secret) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  if (!dry_run) {
    out.key("seq").value(outcome.seq == 0 ? std::nullopt : std::optional(outcome.seq));
    out.key("audit_seq").value(outcome.audit_seq);
  }
  write_json_or_null(out, "before", outcome.before);
  write_json_or_null(out, "after", outcome.after);
  if (!secret.empty()) out.key("token").value(secret);
  out.end_object();
  Response response = ok(out);
  if (!secret.empty()) response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

/// If-Match: "a", "b" or *; a weak tag matches nothing.
bool names(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view one = header.substr(0, comma);
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    const auto begin = one.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    one = one.substr(begin, one.find_last_not_of(" \t") - begin + 1);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

}  // namespace

tl::expected<bool, Response> dry_run_of(const Request& request) {
  const auto text = request.parameter("dry_run");
  if (!text || *text == "false") return false;
  if (*text == "true") return true;
  return tl::unexpected(problem(400, "bad_parameter",
                                fmt::format("dry_run is `{}`: it must be true or false", *text)));
}

tl::expected<Body, Response> body_of(const Request& request,
                                     std::initializer_list<std::string_view> known) {
  auto body = Body::parse(request.body, known);
  if (body) return std::move(*body);
  return tl::unexpected(problem(400, "bad_body", body.error().what));
}

tl::expected<std::string, Response> reason_of(const Body& body, bool required) {
  auto read = field(body.text("reason"));
  if (!read) return tl::unexpected(std::move(read).error());
  std::string reason = read->value_or("");
  if (required && reason.find_first_not_of(" \t") == std::string::npos) {
    return tl::unexpected(
        problem(400, "bad_field", "`reason` is missing: say why, for those who read the audit"));
  }
  if (reason.size() > Note::capacity) {
    return tl::unexpected(refused(
        "reason_too_long", fmt::format("`reason` is {} bytes long, at most {} are kept: say it "
                                       "shorter",
                                       reason.size(), Note::capacity)));
  }
  return reason;
}

tl::expected<std::monostate, Response> matches(const Request& request, std::uint64_t version) {
  const auto header = request.header("if-match");
  if (!header) {
    return tl::unexpected(problem(428, "if_match_missing",
                                  "say with If-Match which version you saw: the ETag of a GET, or "
                                  "* for any"));
  }
  if (names(*header, fmt::format("\"{:016x}\"", version))) return std::monostate{};
  return tl::unexpected(problem(412, "if_match_failed",
                                fmt::format("somebody has changed it: it is version {:016x} now, "
                                            "If-Match says {}; GET it again and look",
                                            version, *header)));
}

Response refused(std::string_view code, std::string_view detail) {
  return problem(422, code, detail);
}

Route changes(const RouteContext& context,
              Method method,
              std::string pattern,
              Permission needs,
              std::string about,
              std::string request_schema,
              Prepare prepare) {
  Route route;
  route.method = method;
  route.pattern = std::move(pattern);
  route.needs = needs;
  route.about = std::move(about);
  route.request_schema = std::move(request_schema);
  route.response_schema = "Change";
  route.parameters = {{"dry_run", "true: say what would change, and change nothing", "boolean"}};
  route.changes = true;
  route.handle = [&context, prepare = std::move(prepare)](const Request& request, Respond respond) {
    const auto dry_run = dry_run_of(request);
    if (!dry_run) return respond(dry_run.error());
    // What prepare() answers instead of planning; the desk only hears that there is no change.
    auto answer = std::make_shared<std::optional<Response>>();
    auto secret = std::make_shared<std::string>();
    context.desk.change(
        request.by,
        [prepare, request, answer, secret](const DeskView& view) -> Result<PlannedChange> {
          auto planned = prepare(view, request);
          if (planned) {
            *secret = std::move(planned->secret);
            return std::move(planned->change);
          }
          *answer = std::move(planned).error();
          return fail(Errc::conflict, "refused");
        },
        *dry_run,
        [respond = std::move(respond), answer, secret,
         dry = *dry_run](Result<ChangeOutcome> outcome) {
          if (*answer) return respond(std::move(**answer));
          respond(outcome ? done(*outcome, dry, *secret) : problem(outcome.error()));
        });
  };
  return route;
}

}  // namespace ballast::api
