#include "adapters/api/server/gate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ballast::api {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view header(const RequestHead& head, const char* name) {
  const auto at = head.headers.find(name);
  return at == head.headers.end() ? std::string_view{} : std::string_view(at->second);
}

/// "[::1]:8420" -> "::1", "desk.example:443" -> "desk.example".
std::string host_name(std::string_view authority) {
  if (authority.starts_with('[')) return lower(authority.substr(1, authority.find(']') - 1));
  return lower(authority.substr(0, authority.find(':')));
}

std::string essence(std::string_view media_type) {
  return lower(trimmed(media_type.substr(0, media_type.find(';'))));
}

/// Whether a list of media ranges ("text/html, application/*;q=0.8") takes the type.
bool accepts(std::string_view ranges, std::string_view type) {
  if (trimmed(ranges).empty()) return true;
  const std::string wanted = essence(type);
  while (!ranges.empty()) {
    const std::string_view range = ranges.substr(0, ranges.find(','));
    ranges.remove_prefix(std::min(ranges.size(), range.size() + 1));
    const std::string name = essence(range);
    const bool group = name.ends_with("/*") && wanted.starts_with(name.substr(0, name.size() - 1));
    if (name == "*/*" || name == wanted || group) return true;
  }
  return false;
}

std::string retry_after(double seconds) {
  return fmt::format("{}", static_cast<long>(std::ceil(std::min(seconds, 3600.0))));
}

Response too_many(std::string_view detail, double seconds) {
  Response response = problem(429, "too_many_requests", detail);
  response.headers.emplace_back("Retry-After", retry_after(seconds));
  return response;
}

Response unauthorized(std::string_view code, std::string_view detail) {
  Response response = problem(401, code, detail);
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"ballast\"");
  return response;
}

std::optional<Method> method_of(std::string_view name) {
  if (name == "HEAD") return Method::get;
  for (const Method method : {Method::get, Method::post, Method::put, Method::del})
    if (to_string(method) == name) return method;
  return std::nullopt;
}

std::string allowed(const std::vector<Router::Match>& matches) {
  std::string list;
  for (const Router::Match& match : matches) {
    list += to_string(match.route->method);
    list += match.route->method == Method::get ? ", HEAD, " : ", ";
  }
  return list + "OPTIONS";
}

void answer_options(Admission& admission, std::string methods) {
  admission.response.status = 204;
  admission.response.content_type.clear();
  admission.response.headers.emplace_back("Allow", std::move(methods));
}

void refuse_method(const RequestHead& head, Admission& admission, std::string methods) {
  admission.response = problem(405, "method_not_allowed",
                               fmt::format("{} is not for {}; there it takes {}", head.method,
                                           admission.request.path, methods));
  admission.response.headers.emplace_back("Allow", std::move(methods));
}

std::vector<std::string> hosts_of(const ServerOptions& options) {
  std::vector<std::string> hosts{"localhost", lower(options.address)};
  for (const std::string& host : options.hosts)
    hosts.push_back(host_name(host));
  return hosts;
}

}  // namespace

Gate::Gate(const ServerOptions& options, Tokens& tokens, Router router, StaticFiles files)
    : hosts_(hosts_of(options)),
      stream_path_(options.stream_path),
      tokens_(tokens),
      router_(std::move(router)),
      files_(std::move(files)),
      requests_(options.limits.requests_per_second, options.limits.requests_at_once),
      failures_(options.limits.failures_per_second, options.limits.failures_at_once) {}

/// A page elsewhere can make a browser send requests here, under a name that resolves to us or as
/// another origin. Both show: the first in Host, the second in Origin.
std::optional<Response> Gate::refuse_host(RequestHead& head) const {
  std::string authority(header(head, "host"));
  if (head.host_repeated) return problem(400, "bad_host", "the request names several hosts");
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!lower(head.target).starts_with(scheme)) continue;
    const std::size_t end = head.target.find_first_of("/?", scheme.size());
    authority = head.target.substr(scheme.size(), end - scheme.size());
    head.target.erase(0, end);  // npos: all of it
    if (!head.target.starts_with('/')) head.target.insert(0, "/");
  }
  if (authority.empty()) {
    if (head.http_1_0) return std::nullopt;  // no browser; load balancers' checks are such
    return problem(400, "bad_host", "the request has no Host; HTTP/1.1 needs one");
  }
  constexpr std::string_view host_characters =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_:[]";
  if (authority.find_first_not_of(host_characters) != authority.npos)
    return problem(400, "bad_host", "the Host of the request is no host");
  const std::string name = host_name(authority);
  if (name != head.local_address && std::find(hosts_.begin(), hosts_.end(), name) == hosts_.end())
    return problem(421, "wrong_host",
                   fmt::format("this service is not {}; use the address that it listens on, or add "
                               "the name to [service] hosts",
                               name));
  const std::string_view origin = header(head, "origin");
  const std::size_t scheme_end = origin.find("://");
  if (!origin.empty() &&
      (scheme_end == origin.npos || lower(origin.substr(scheme_end + 3)) != lower(authority)))
    return problem(403, "wrong_origin",
                   fmt::format("a page of {} may not use this service: its Origin must be that of "
                               "the service itself, {}",
                               origin, authority));
  return std::nullopt;
}

Admission Gate::admit(RequestHead head, TokenBuckets::Time now) {
  Admission admission;
  admission.head_only = head.method == "HEAD";
  if (auto refused = refuse_host(head)) {
    admission.response = std::move(*refused);
    return admission;
  }
  if (head.method == "OPTIONS" && head.target == "*") {
    answer_options(admission, "GET, HEAD, POST, PUT, DELETE, OPTIONS");
    return admission;
  }
  auto target = parse_target(head.target);
  if (!target) {
    admission.response = problem(400, "bad_target", target.error().what);
    return admission;
  }
  Request& request = admission.request;
  request.path = std::move(target->path);
  request.query = std::move(target->query);

  std::vector<Router::Match> matches = router_.find(target->segments);
  const auto method = method_of(head.method);
  const bool reads = method == Method::get;
  const StaticFile* file = matches.empty() ? find_file(files_, request.path) : nullptr;
  const bool stream = request.path == stream_path_;
  if (matches.empty() && !stream && file == nullptr) {
    admission.response =
        problem(404, "not_found",
                fmt::format("there is nothing at {}; /api/v1/openapi.json lists what there is",
                            request.path));
  } else if (stream || file != nullptr) {
    if (head.method == "OPTIONS") {
      answer_options(admission, "GET, HEAD, OPTIONS");
    } else if (!reads) {
      refuse_method(head, admission, "GET, HEAD, OPTIONS");
    } else if (stream) {
      admit_stream(head, now, admission);
    } else {
      admission.kind = Admission::Kind::file;
      admission.file = file;
    }
  } else if (head.method == "OPTIONS") {
    answer_options(admission, allowed(matches));
  } else {
    const auto at = std::find_if(matches.begin(), matches.end(), [&](const Router::Match& match) {
      return match.route->method == method;
    });
    if (at == matches.end()) {
      refuse_method(head, admission, allowed(matches));
    } else {
      admission.route = at->route;
      request.method = *method;
      request.captures = std::move(at->captures);
      admit_route(head, now, admission);
    }
  }
  request.headers = std::move(head.headers);
  return admission;
}

std::optional<Identity> Gate::identify(std::string_view token,
                                       std::string_view peer,
                                       TokenBuckets::Time now) {
  auto identity = tokens_.find(token);
  if (!identity) failures_.take(peer, now);
  return identity;
}

std::optional<Response> Gate::refuse_bearer(const RequestHead& head,
                                            TokenBuckets::Time now,
                                            std::optional<Identity>& identity) {
  const std::string_view given = trimmed(header(head, "authorization"));
  const std::size_t space = given.find(' ');
  const bool bearer = lower(given.substr(0, space)) == "bearer" && space != given.npos;
  const std::string_view token = bearer ? trimmed(given.substr(space)) : std::string_view{};
  if (bearer || tokens_.asks_nobody()) identity = tokens_.find(token);
  if (identity) return std::nullopt;
  // Only what fails is held up: a neighbour at the same address with a good token is not.
  if (!given.empty())
    if (const double wait = failures_.take(head.peer, now); wait > 0.0)
      return too_many("too many bad tokens came from this address", wait);
  if (given.empty())
    return unauthorized("no_token",
                        "a token is needed: send the header \"Authorization: Bearer blst_...\" (a "
                        "token in the address is not taken)");
  if (!bearer)
    return unauthorized("bad_scheme", "only the scheme Bearer is taken, with a token of this desk");
  if (!well_formed(token))
    return unauthorized("malformed_token",
                        "this is no whole token: they begin with blst_ and end with a checksum, "
                        "which is wrong here; it may have been cut or mistyped");
  return unauthorized("bad_token",
                      "this token is unknown, expired or revoked; an admin can make another one");
}

std::optional<Response> Gate::refuse_rate(const Identity& identity, TokenBuckets::Time now) {
  const double wait = requests_.take(identity.principal.name, now);
  if (wait <= 0.0) return std::nullopt;
  return too_many(
      fmt::format("the token {} makes too many requests; slow down, post many events in "
                  "one request, or use the stream",
                  identity.principal.name),
      wait);
}

std::optional<Response> Gate::refuse_body(const RequestHead& head,
                                          const Route& route,
                                          bool lines) const {
  if (lines && head.http_1_0)
    return problem(505, "http_1_0", "lines are streamed by HTTP/1.1 and not by HTTP/1.0");
  const std::string type = essence(header(head, "content-type"));
  if (head.has_body && !lines && !route.request_schema.empty() && type != "application/json")
    return problem(415, "unsupported_media_type",
                   fmt::format("the body is said to be \"{}\"; send application/json{}", type,
                               route.stream_lines ? ", or application/x-ndjson" : ""));
  const std::string_view produces =
      lines ? std::string_view("application/x-ndjson") : std::string_view(route.produces);
  if (!accepts(header(head, "accept"), produces))
    return problem(
        406, "not_acceptable",
        fmt::format("the answer is {}, which the Accept of the request leaves out", produces));
  const std::string expect = lower(trimmed(header(head, "expect")));
  if (!expect.empty() && expect != "100-continue")
    return problem(417, "expectation_failed", "the only Expect known here is 100-continue");
  return std::nullopt;
}

void Gate::admit_stream(const RequestHead& head, TokenBuckets::Time now, Admission& admission) {
  if (!head.upgrade || admission.head_only) {
    admission.response = problem(426, "upgrade_required",
                                 "the stream is a WebSocket; connect with a WebSocket client");
    admission.response.headers.emplace_back("Upgrade", "websocket");
    return;
  }
  // A browser cannot set headers: it says its token in the stream.
  const bool now_known = tokens_.asks_nobody() || head.headers.contains("authorization");
  if (now_known) {
    auto refused = refuse_bearer(head, now, admission.identity);
    if (!refused) refused = refuse_rate(*admission.identity, now);
    if (refused) {
      admission.response = std::move(*refused);
      return;
    }
    admission.request.by = admission.identity->principal;
  }
  admission.kind = Admission::Kind::stream;
}

void Gate::admit_route(const RequestHead& head, TokenBuckets::Time now, Admission& admission) {
  const Route& route = *admission.route;
  const bool lines = route.stream_lines && head.has_body &&
                     essence(header(head, "content-type")) == "application/x-ndjson";
  std::optional<Response> refused;
  if (route.needs) {
    refused = refuse_bearer(head, now, admission.identity);
    if (!refused) refused = refuse_rate(*admission.identity, now);
    if (!refused) {
      const Principal& by = admission.request.by = admission.identity->principal;
      if (!may(by.role, *route.needs))
        refused = problem(403, "forbidden",
                          fmt::format("the token {} has the role {}, which may not {} {}", by.name,
                                      to_string(by.role), head.method, route.pattern));
    }
  }
  if (!refused) refused = refuse_body(head, route, lines);
  if (refused) {
    admission.response = std::move(*refused);
    return;
  }
  admission.kind = lines ? Admission::Kind::lines : Admission::Kind::route;
}

}  // namespace ballast::api
