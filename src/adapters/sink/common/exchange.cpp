#include "adapters/sink/common/exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace ballast {
namespace {

constexpr std::size_t answer_max = 200;  // bytes of it that people are shown

/// The answer as a line for people: printable, short, without the secret.
std::string excerpt(std::string text, std::string_view secret) {
  if (!secret.empty()) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  const bool longer = text.size() > answer_max;
  if (longer) text.resize(answer_max);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = ' ';
  }
  while (text.ends_with(' '))
    text.pop_back();
  return text + (longer ? "..." : "");
}

DeliveryFailure::Kind kind_of(int status) {
  using Kind = DeliveryFailure::Kind;
  constexpr std::array busy{408, 425, 429, 502, 503, 504};
  constexpr std::array refused{400, 410, 413, 415, 422};
  if (std::find(busy.begin(), busy.end(), status) != busy.end()) return Kind::unavailable;
  if (std::find(refused.begin(), refused.end(), status) != refused.end()) return Kind::refused;
  return Kind::failed;
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// "Wed, 21 Oct 2015 07:28:00 GMT" (RFC 9110, section 5.6.7).
std::optional<Timestamp> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  const auto day = number(text.substr(5, 2));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  const auto time = timestamp_from_civil({.year = *year,
                                          .month = static_cast<int>(month - months.begin()) + 1,
                                          .day = *day,
                                          .hour = *hour,
                                          .minute = *minute,
                                          .second = *second});
  if (!time) return std::nullopt;
  return *time;
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view text, Timestamp now) {
  if (const auto seconds = number(text)) {
    if (*seconds <= 0) return std::nullopt;
    return Duration::seconds(*seconds);
  }
  const auto time = parse_http_date(text);
  if (!time || *time <= now) return std::nullopt;
  return *time - now;
}

tl::expected<Delivered, DeliveryFailure> post(
    const PostTo& to,
    std::vector<std::pair<std::string, std::string>> headers,
    std::string body,
    Timestamp now,
    Duration at_most,
    std::stop_token stop) {
  using Kind = DeliveryFailure::Kind;
  headers.emplace_back("Content-Type", "application/json");
  const auto reply = to.http.request({.method = "POST",
                                      .url = to.url,
                                      .headers = std::move(headers),
                                      .body = std::move(body),
                                      .reply_max = 64 * 1024},
                                     at_most, std::move(stop));
  if (!reply) {
    const Kind kind = reply.error().code == Errc::bad_input ? Kind::failed : Kind::unavailable;
    return tl::unexpected(DeliveryFailure{kind, excerpt(reply.error().what, to.secret), {}});
  }
  const std::string said = excerpt(reply->body, to.secret);
  const std::string answer =
      fmt::format("answered {}{}{}", reply->status, said.empty() ? "" : ": ", said);
  if (reply->status >= 200 && reply->status < 300) return Delivered{answer};
  DeliveryFailure failure{kind_of(reply->status), answer, {}};
  if (reply->status >= 300 && reply->status < 400)
    failure.what += "; redirects are not followed: configure the address that it redirects to";
  if (const auto wait = reply->header("retry-after"))
    failure.retry_after = parse_retry_after(*wait, now);
  return tl::unexpected(std::move(failure));
}

}  // namespace ballast
