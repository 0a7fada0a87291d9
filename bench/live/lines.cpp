#include "live/lines.hpp"

#include <array>

#include <fmt/format.h>

#include "live/desk_shape.hpp"

namespace ballast::live_bench {
namespace {

// The heads of all lines, with the digits of one that is written over them.
constexpr std::string_view mark_head = R"({"t":1700000000000000000,"type":"mark","price":"100.00")";
constexpr std::string_view fill_head =
    R"({"t":1700000000000000000,"type":"fill","price":"100.00","id":"100000000000")";
constexpr std::size_t time_at = mark_head.find("17");
constexpr std::size_t price_at = mark_head.find("100.00");
constexpr std::size_t id_at = fill_head.rfind("100000000000");
constexpr int time_digits = 19;
constexpr int id_digits = 12;

constexpr std::array<std::string_view, 2> side_names{"buy", "sell"};

void put_digits(char* at, std::uint64_t value, int digits) {
  for (int i = digits; i-- > 0; value /= 10)
    at[i] = static_cast<char>('0' + value % 10);
}

void put_time_and_price(char* line, std::int64_t t, int price) {
  put_digits(line + time_at, static_cast<std::uint64_t>(t), time_digits);
  put_digits(line + price_at, static_cast<std::uint64_t>(price / 100), 3);
  put_digits(line + price_at + 4, static_cast<std::uint64_t>(price % 100), 2);
}

}  // namespace

Lines::Lines() {
  static_assert(fill_head.find("100.00") - fill_head.find("17") == price_at - time_at);
  for (std::size_t i = 0; i <= probe; ++i) {
    marks_.push_back(fmt::format(R"(,"instrument":"{}"}})"
                                 "\n",
                                 instrument_name(i)));
    for (std::size_t book = 0; book < books; ++book) {
      for (const std::string_view side : side_names) {
        fills_.push_back(
            fmt::format(R"(,"venue":"bench","account":"main","book":"b{}","instrument":"{}",)"
                        R"("side":"{}","qty":"{}","fee":"0.01","fee_asset":"USDT",)"
                        R"("origin":"quote","liquidity":"maker"}})"
                        "\n",
                        book, instrument_name(i), side, i == probe ? 2 : 1));
      }
    }
  }
}

void Lines::append_mark(std::string& out, std::int64_t t, std::size_t instrument, int price) const {
  const std::size_t begin = out.size();
  out += mark_head;
  put_time_and_price(out.data() + begin, t, price);
  out += marks_[instrument];
}

void Lines::append_fill(std::string& out,
                        std::int64_t t,
                        std::uint64_t id,
                        std::size_t instrument,
                        std::size_t book,
                        Side side,
                        int price) const {
  const std::size_t begin = out.size();
  out += fill_head;
  put_time_and_price(out.data() + begin, t, price);
  put_digits(out.data() + begin + id_at, id, id_digits);
  out += fills_[(instrument * books + book) * 2 + static_cast<std::size_t>(side)];
}

}  // namespace ballast::live_bench
