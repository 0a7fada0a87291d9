#include "ports/url.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace ballast {
namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' ||
         c == ':';
}

tl::unexpected<Error> bad(std::string_view why) {
  return fail(Errc::bad_input,
              fmt::format("the URL {}; expected http://HOST[:PORT]/PATH or https://...", why));
}

Result<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) {
    return bad(fmt::format("has the port \"{}\", which is not 1 to 65535", digits));
  }
  return port;
}

}  // namespace

std::string Url::origin() const {
  return fmt::format("{}://{}:{}", tls ? "https" : "http", bracketed(host), port);
}

std::string Url::authority() const {
  if (port == (tls ? 443 : 80)) return bracketed(host);
  return fmt::format("{}:{}", bracketed(host), port);
}

Result<Url> parse_url(std::string_view text) {
  Url url;
  constexpr std::string_view plain = "http://";
  constexpr std::string_view secure = "https://";
  if (text.starts_with(secure)) {
    url.tls = true;
    url.port = 443;
    text.remove_prefix(secure.size());
  } else if (text.starts_with(plain)) {
    text.remove_prefix(plain.size());
  } else {
    return bad("has neither the scheme http nor https");
  }

  const std::size_t path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  url.target = std::string(text.substr(path));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) return bad("holds a user name or password");
  const bool printable =
      std::all_of(url.target.begin(), url.target.end(), [](char c) { return c > ' ' && c < 127; });
  if (!printable) return bad("holds a character that must be percent-encoded");
  if (url.target.find('#') != std::string::npos) return bad("holds a fragment (#...)");

  std::string_view after_host;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return bad("opens a [ that it does not close");
    url.host = std::string(authority.substr(1, close - 1));
    after_host = authority.substr(close + 1);
    if (!std::all_of(url.host.begin(), url.host.end(), address_character)) {
      return bad("holds no IPv6 address in its brackets");
    }
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = std::string(authority.substr(0, colon));
    after_host = authority.substr(colon);
    if (!std::all_of(url.host.begin(), url.host.end(), host_character)) {
      return bad("holds a character in its host that no host has");
    }
  }
  if (url.host.empty()) return bad("names no host");
  if (after_host.empty()) return url;
  if (!after_host.starts_with(':')) return bad("goes on after its host");
  BALLAST_TRY(port, parse_port(after_host.substr(1)));
  url.port = port;
  return url;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace ballast
