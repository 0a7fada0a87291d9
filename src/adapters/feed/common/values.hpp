// Reading numbers and times of outside formats, exactly or not at all. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"

namespace ballast {

/// A decimal as parse_decimal() takes it, or one with an exponent ("6.019e-05", as JSON writers put
/// small numbers): the same value to the last digit, or an error; never through a double.
Result<Int128> parse_number_raw(std::string_view text);
template <class T>
Result<T> parse_number(std::string_view text) {
  auto raw = parse_number_raw(text);
  if (!raw) return tl::unexpected(std::move(raw).error());
  return T{*raw};
}

/// How a column writes times.
class TimeFormat {
 public:
  /// `format` is one of
  ///   rfc3339         "2020-03-12T10:45:00.123Z", also with a space for the T, also with an offset
  ///   s, ms, us, ns   since the epoch, a fraction allowed when it is exact in nanoseconds
  ///   auto            rfc3339, or a count since the epoch in the unit that its magnitude tells
  ///                   (below 1e11 s, 1e14 ms, 1e17 us, else ns)
  ///   a pattern       of %Y %m %d %H %M %S (with or without a fraction) and plain characters
  /// Clock times without an offset of their own (patterns) are `utc_offset` ahead of UTC.
  static Result<TimeFormat> create(std::string_view format, Duration utc_offset = {});
  Result<Timestamp> read(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { automatic, rfc3339, epoch, pattern };
  Kind kind_ = Kind::automatic;
  std::int64_t unit_ns_ = 1;
  Duration utc_offset_;
  std::string pattern_;
};

/// "+03:00", "-05:30", "Z" or "+0300".
Result<Duration> parse_utc_offset(std::string_view text);

/// A count of `unit_ns` nanoseconds since the epoch, such as "1625097621.647" seconds.
Result<Timestamp> parse_epoch(std::string_view text, std::int64_t unit_ns);
/// The same for an integer; an error when it leaves the range of a Timestamp.
Result<Timestamp> epoch_time(std::int64_t count, std::int64_t unit_ns);

}  // namespace ballast
