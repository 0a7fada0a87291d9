// Who may come in, and how the desk is configured.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/changes.hpp"
#include "adapters/api/server/token_file.hpp"

namespace ballast::api {
namespace {

std::string token_json(const TokenFacts& token) {
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("name").value(token.name);
  out.key("role").value(to_string(token.role));
  out.key("created").value(token.created);
  out.key("expires").value(token.expires);
  out.end_object();
  return out.text();
}

const TokenFacts* find(const std::vector<TokenFacts>& tokens, std::string_view name) {
  const auto at = std::find_if(tokens.begin(), tokens.end(),
                               [&](const TokenFacts& token) { return token.name == name; });
  return at == tokens.end() ? nullptr : &*at;
}

Response list_tokens(const Services& services, const DeskView& view, const Request& request) {
  auto page = page_of(request, "tokens");
  if (!page) return std::move(page).error();
  auto tokens = services.tokens.list();
  std::sort(tokens.begin(), tokens.end(),
            [](const TokenFacts& a, const TokenFacts& b) { return a.name < b.name; });
  ListAnswer answer(view);
  std::size_t written = 0;
  std::string last;
  for (const TokenFacts& token : tokens) {
    if (page->place && token.name <= *page->place) continue;
    if (written++ == page->limit) return answer.finish(encode_cursor("tokens", last));
    answer.item().raw(token_json(token));
    last = token.name;
  }
  return answer.finish(std::nullopt);
}

/// What is asked for, and why.
struct WantedToken {
  TokenFacts token;
  std::string reason;
};

tl::expected<WantedToken, Response> wanted_token(const DeskView& view, const Request& request) {
  auto body = body_of(request, {"name", "role", "expires", "reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto name = field(body->text("name"));
  if (!name) return tl::unexpected(std::move(name).error());
  auto role = field(body->text("role"));
  if (!role) return tl::unexpected(std::move(role).error());
  auto expires = field(body->time("expires"));
  if (!expires) return tl::unexpected(std::move(expires).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  if (const auto good = check_token_name(name->value_or("")); !good)
    return tl::unexpected(problem(400, "bad_field", "`name`: " + good.error().what));
  const auto at = std::find(role_names.begin(), role_names.end(), role->value_or(""));
  if (at == role_names.end()) {
    return tl::unexpected(problem(400, "bad_field",
                                  fmt::format("`role` is `{}`: it must be one of {}",
                                              role->value_or(""), fmt::join(role_names, ", "))));
  }
  if (*expires && **expires <= view.figures.now) {
    return tl::unexpected(refused(
        "already_over", fmt::format("`expires` is {}, which is over", to_string(**expires))));
  }
  WantedToken wanted;
  wanted.token.name = **name;
  wanted.token.role = static_cast<Role>(at - role_names.begin());
  wanted.token.expires = *expires;
  wanted.reason = *reason;
  return wanted;
}

/// Made on the desk's thread, so that the audit of it is in the same turn; the secret is answered
/// once, when the audit is durable, and written nowhere.
tl::expected<Plan, Response> create_token(const Services& services,
                                          const DeskView& view,
                                          const Request& request) {
  if (!services.tokens.create) return tl::unexpected(not_available("tokens"));
  auto wanted = wanted_token(view, request);
  if (!wanted) return tl::unexpected(std::move(wanted).error());
  const TokenFacts& token = wanted->token;
  if (find(services.tokens.list(), token.name) != nullptr) {
    return tl::unexpected(problem(409, "conflict",
                                  fmt::format("there is a token of the name {} already: revoke it "
                                              "first, or choose another name",
                                              token.name)));
  }
  Plan plan(PlannedChange{
      Tick{}, "token.create", token.name, {}, token_json(token), std::move(wanted->reason)});
  if (dry_run_of(request).value_or(true)) return plan;
  auto made = services.tokens.create(token);
  if (!made) return tl::unexpected(problem(made.error()));
  plan.secret = std::move(*made);
  return plan;
}

tl::expected<Plan, Response> revoke_token(const Services& services, const Request& request) {
  if (!services.tokens.revoke) return tl::unexpected(not_available("tokens"));
  auto body = body_of(request, {"reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  const std::string& name = request.captures.at("name");
  const auto tokens = services.tokens.list();
  const TokenFacts* const token = find(tokens, name);
  if (token == nullptr) return tl::unexpected(no_such("token", name));
  if (!dry_run_of(request).value_or(true)) {
    if (auto revoked = services.tokens.revoke(name); !revoked)
      return tl::unexpected(problem(revoked.error()));
  }
  return PlannedChange{Tick{}, "token.revoke", name, token_json(*token), {}, *reason};
}

void reload(const RouteContext& context, const Request& request, const Respond& respond) {
  if (!context.services.reload) return respond(not_available("a configuration to read again"));
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return respond(dry_run.error());
  auto body = body_of(request, {});
  if (!body) return respond(std::move(body).error());
  context.services.reload(
      request.by, *dry_run, [respond](tl::expected<ReloadOutcome, ReloadRefusal> outcome) {
        if (!outcome) {
          if (outcome.error().underway) {
            return respond(problem(409, "reload_underway",
                                   "the configuration is being read again already: wait"));
          }
          std::vector<FieldProblem> errors;
          for (const std::string& detail : outcome.error().problems)
            errors.push_back({errors.size(), detail});
          return respond(problem(422, "bad_configuration",
                                 "the configuration was refused and the present one stays; every "
                                 "problem is listed",
                                 errors));
        }
        JsonWriter out(JsonWriter::Layout::compact);
        out.begin_object();
        out.key("changed").begin_array();
        for (const std::string& what : outcome->changed)
          out.value(what);
        out.end_array();
        out.key("audit_seq")
            .value(outcome->audit_seq == 0 ? std::nullopt : std::optional(outcome->audit_seq));
        out.end_object();
        respond(ok(out));
      });
}

}  // namespace

void add_admin_changes(Table& table, const RouteContext& context) {
  Route list = reads(context, "/api/v1/tokens", "Every token, without its secret.", "TokenList",
                     with_page(), [&context](const DeskView& view, const Request& request) {
                       if (!context.services.tokens.list) return not_available("tokens");
                       return list_tokens(context.services, view, request);
                     });
  list.needs = Permission::admin;
  table.push_back(std::move(list));
  Route create = changes(context, Method::post, "/api/v1/tokens", Permission::admin,
                         "Makes a token and answers it, this once.", "TokenRequest",
                         [&context](const DeskView& view, const Request& request) {
                           return create_token(context.services, view, request);
                         });
  create.response_schema = "TokenMade";
  table.push_back(std::move(create));
  table.push_back(changes(context, Method::del, "/api/v1/tokens/{name}", Permission::admin,
                          "Revokes a token, within a second.", "ReasonOnly",
                          [&context](const DeskView&, const Request& request) {
                            return revoke_token(context.services, request);
                          }));
  Route again = changes(context, Method::post, "/api/v1/reload", Permission::admin,
                        "Reads the configuration again, all or nothing.", "", {});
  again.response_schema = "Reloaded";
  again.handle = [&context](const Request& request, Respond respond) {
    reload(context, request, respond);
  };
  table.push_back(std::move(again));
}

}  // namespace ballast::api
