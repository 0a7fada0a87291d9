#include "apps/ballast/client.hpp"

#include <cstdlib>
#include <fstream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/http_client/http_client.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

using nlohmann::json;

constexpr Duration patience = Duration::seconds(30);

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && blank(text.back()))
    text.pop_back();
  while (!text.empty() && blank(text.front()))
    text.erase(text.begin());
  return text;
}

Result<Token> token_of_file(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) {
    return fail(Errc::io,
                fmt::format("{}: no token can be read from it; check the name, and who may "
                            "read it",
                            path));
  }
  return Token{trimmed(std::move(line)), path};
}

/// What the service says went wrong: the detail of its problem document.
std::string detail_of(const std::string& body) {
  const json problem = json::parse(body, nullptr, false);
  if (!problem.is_object()) return {};
  std::string detail = problem.value("detail", problem.value("title", std::string{}));
  if (const auto errors = problem.find("errors"); errors != problem.end() && errors->is_array()) {
    for (const json& error : *errors) {
      if (error.is_object()) detail += "\n  " + error.value("detail", std::string{});
    }
  }
  return detail;
}

}  // namespace

void add_client(CLI::App& app, ClientArguments& arguments) {
  app.add_option("--url", arguments.url,
                 "where the service is; default: BALLAST_URL, or http://127.0.0.1:8420")
      ->envname("BALLAST_URL");
  app.add_option("--token-file", arguments.token_file,
                 "a file with the token; default: the token in BALLAST_TOKEN")
      ->type_name("FILE");
  app.add_option("--journal", arguments.journal,
                 "the service's journal: the token of its first start is in FILE.token")
      ->type_name("FILE");
}

void add_format(CLI::App& app, Format& format) {
  app.add_option("-o,--output", format, "table, json or csv")
      ->transform(CLI::CheckedTransformer(
                      std::map<std::string, Format>{
                          {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}},
                      CLI::ignore_case)
                      .description(""))
      ->type_name("FORMAT");
}

Result<Token> find_token(const ClientArguments& arguments) {
  if (!arguments.token_file.empty()) return token_of_file(arguments.token_file);
  if (const char* token = std::getenv("BALLAST_TOKEN"); token != nullptr && *token != '\0')
    return Token{trimmed(token), "BALLAST_TOKEN"};
  if (!arguments.journal.empty()) return token_of_file(arguments.journal + ".token");
  return Token{};  // the service may run without
}

Error refusal(int status, std::string_view detail, std::string_view url, const Token& token) {
  const auto say = [&](Errc code, std::string_view what) {
    return Error{code, detail.empty() ? std::string(what) : fmt::format("{}: {}", what, detail)};
  };
  switch (status) {
    case 401:
      if (token.text.empty()) {
        return {Errc::bad_input,
                fmt::format("{} asks for a token; give one with --token-file, in BALLAST_TOKEN, or "
                            "name the service's journal with --journal",
                            url)};
      }
      return say(Errc::bad_input, fmt::format("{} does not take the token of {}: it is another "
                                              "service's, has expired or was revoked",
                                              url, token.from));
    case 403:
      return say(Errc::bad_input,
                 fmt::format("the token of {} may not do that; use one of the role "
                             "that it needs",
                             token.from.empty() ? "nobody" : token.from));
    case 404:
      return say(Errc::not_found, "there is no such thing");
    case 409:
      return say(Errc::conflict, "it contradicts the present state");
    case 412:
      return say(Errc::conflict, "somebody changed it meanwhile; look again and repeat");
    case 422:
      return say(Errc::bad_input, "the service refuses it");
    case 429:
      return say(Errc::io, "too many requests; wait a little and repeat");
    case 503:
      return say(Errc::io,
                 fmt::format("{} cannot answer now (it starts, drains, or its journal has "
                             "failed); `ballast status` says which",
                             url));
    default:
      return say(Errc::io, fmt::format("{} answered with status {}", url, status));
  }
}

Result<Client> Client::open(const ClientArguments& arguments) {
  Client client;
  client.url_ = arguments.url;
  while (client.url_.ends_with('/'))
    client.url_.pop_back();
  BALLAST_CHECK(parse_url(client.url_));
  BALLAST_TRY(token, find_token(arguments));
  client.token_ = std::move(token);
  BALLAST_TRY(http, make_http_client());
  client.http_ = std::move(http);
  return client;
}

Result<ServiceReply> Client::send(HttpRequest request) {
  request.url = url_ + request.url;
  request.reply_max = std::size_t{64} << 20;
  request.headers.emplace_back("Accept", "application/json, application/problem+json");
  if (!token_.text.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_.text);
  const auto reply = http_->request(request, patience);
  if (!reply) {
    return fail(reply.error().code,
                fmt::format("no answer from {}: {}; is it running (`ballast run`), and is that its "
                            "address (--url)?",
                            url_, reply.error().what));
  }
  if (reply->status < 200 || reply->status >= 300)
    return tl::unexpected(refusal(reply->status, detail_of(reply->body), url_, token_));
  if (!json::accept(reply->body)) {
    return fail(Errc::io, fmt::format("what answers at {} is no Ballast service: its answer is no "
                                      "JSON",
                                      url_));
  }
  return ServiceReply{reply->body, std::string(reply->header("etag").value_or(""))};
}

Result<ServiceReply> Client::get(std::string_view target) {
  return send({.method = "GET", .url = std::string(target)});
}

Result<std::string> Client::get_items(std::string_view target) {
  json items = json::array();
  std::string cursor;
  do {
    std::string page(target);
    if (!cursor.empty()) {
      page += page.find('?') == std::string::npos ? '?' : '&';
      page += "cursor=" + percent_encoded(cursor);
    }
    BALLAST_TRY(reply, get(page));
    json list = json::parse(reply.body);
    if (!list.is_object() || !list.contains("items") || !list["items"].is_array())
      return fail(Errc::io, fmt::format("{}{} answered no list", url_, target));
    for (json& item : list["items"])
      items.push_back(std::move(item));
    const auto next = list.find("next");
    const std::string before = std::move(cursor);
    cursor = next != list.end() && next->is_string() ? next->get<std::string>() : std::string{};
    if (!cursor.empty() && cursor == before)
      return fail(Errc::io, fmt::format("{}{} answers one page for ever", url_, target));
  } while (!cursor.empty());
  return items.dump();
}

Result<ServiceReply> Client::change(const ChangeRequest& request) {
  HttpRequest sent{.method = request.method, .url = request.target, .body = request.body};
  if (request.dry_run)
    sent.url += sent.url.find('?') == std::string::npos ? "?dry_run=true" : "&dry_run=true";
  if (!request.body.empty()) sent.headers.emplace_back("Content-Type", "application/json");
  if (!request.if_match.empty()) sent.headers.emplace_back("If-Match", request.if_match);
  return send(std::move(sent));
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || c == ':' || c == '@';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string with_query(std::string_view path,
                       const std::vector<std::pair<std::string_view, std::string>>& parameters) {
  std::string target(path);
  char before = '?';
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    target += fmt::format("{}{}={}", before, name, percent_encoded(value));
    before = '&';
  }
  return target;
}

}  // namespace ballast
