#include "adapters/codec/codec.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/codec/codec_samples.hpp"
#include "model/desk_builder.hpp"

namespace ballast {
namespace {

std::string print(const Desk& desk, const Event& event) {
  std::string line;
  EventWriter(desk).write(event, line);
  return line;
}

Event read(const Desk& desk, std::string_view line) {
  Event event;
  const auto result = EventReader(desk).read(line, event);
  EXPECT_TRUE(result) << line << "\n" << (result ? "" : result.error().what);
  return event;
}

constexpr std::string_view fill_line =
    R"({"t":"2024-08-08T23:54:15.03Z","type":"fill","id":"7","venue":"binance","account":"main",)"
    R"("book":"mm","instrument":"BTC-USDT","side":"sell","qty":"0.5","price":"61234.5"})";

TEST(Codec, prints_and_reads_back_random_events_of_every_type) {
  constexpr std::uint64_t seed = 81;
  Rng rng(seed);
  const Desk desk = sample_desk();
  EventReader reader(desk);
  EventWriter writer(desk);
  std::string line;
  Event back;
  for (int i = 0; i < 32'000; ++i) {
    const Event event = random_event(rng, static_cast<std::size_t>(i) % event_type_names.size());
    line.clear();
    writer.write(event, line);
    const auto result = reader.read(line, back);
    ASSERT_TRUE(result) << "seed " << seed << " event " << i << "\n" << line << result.error().what;
    ASSERT_EQ(event, back) << "seed " << seed << " event " << i << "\n" << line;
    ASSERT_EQ(print(desk, back), line);
    ASSERT_EQ(line.find('\n'), std::string::npos);
  }
}

TEST(Codec, writes_one_canonical_form) {
  const Desk desk = sample_desk();
  const auto canonical = [&](std::string_view line) { return print(desk, read(desk, line)); };
  EXPECT_EQ(canonical(fill_line),
            R"({"t":"2024-08-08T23:54:15.030Z","type":"fill","id":"7","venue":"binance",)"
            R"("account":"main","book":"mm","instrument":"BTC-USDT","side":"sell","qty":"0.5",)"
            R"("price":"61234.5"})");
  EXPECT_EQ(
      canonical(R"( { "price" : 1.50e2, "type":"mark", "quote":"USDT", "asset":"BTC", "t":1 } )"),
      R"({"t":"1970-01-01T00:00:00.000000001Z","type":"mark","asset":"BTC","quote":"USDT",)"
      R"("price":"150"})");
  EXPECT_EQ(canonical(R"({"type":"target","t":"0","factor":"delta:BTC","book":"*","clear":true})"),
            R"({"t":"1970-01-01T00:00:00Z","type":"target","factor":"delta:BTC","clear":true})");
  EXPECT_EQ(canonical(R"({"type":"time","t":"2024-08-08T23:54:15.000001+02:00"})"),
            R"({"t":"2024-08-08T21:54:15.000001Z","type":"time"})");
}

TEST(Codec, takes_numbers_and_strings_by_their_exact_digits) {
  const Desk desk = sample_desk();
  const auto price = [&](std::string_view token) {
    const auto line =
        fmt::format(R"({{"t":0,"type":"mark","instrument":"BTC-USDT","price":{}}})", token);
    return to_string(std::get<Mark>(read(desk, line).body).price);
  };
  EXPECT_EQ(price("0.123456789012345678"), "0.123456789012345678");
  EXPECT_EQ(price("\"0.123456789012345678\""), "0.123456789012345678");
  EXPECT_EQ(price("100000000000000000000.000000000000000001"),
            "100000000000000000000.000000000000000001");
  EXPECT_EQ(price("9007199254740993"), "9007199254740993");  // 2^53 + 1: no double holds it
  EXPECT_EQ(price("1e20"), "100000000000000000000");
  EXPECT_EQ(price("1E-18"), "0.000000000000000001");
  EXPECT_EQ(price("1234.5678e+2"), "123456.78");
  EXPECT_EQ(price("1234.5678e-2"), "12.345678");
  EXPECT_EQ(price("0.00012e3 "), "0.12");
  EXPECT_EQ(price("1.000000000000000000000000"), "1");
  EXPECT_EQ(price("10000000000000000000000000e-24"), "10");
}

TEST(Codec, takes_the_fields_in_any_order_with_escapes_line_ends_and_blanks) {
  const Desk desk = sample_desk();
  const Event event = read(desk, fill_line);
  EXPECT_EQ(read(desk, fmt::format("{}\r\n", fill_line)), event);
  EXPECT_EQ(read(desk, fmt::format("\t {}  ", fill_line)), event);
  EXPECT_EQ(
      read(desk, R"({"price":61234.5,"qty":0.5,"\u0073ide":"s\u0065ll","instrument":"BTC-USDT",)"
                 R"("book":"mm","account":"main","venue":"bin\u0061nce","id":7,)"
                 R"("type":"fi\u006cl","t":1723161255030000000})"),
      event);
  const auto deposit =
      read(desk, R"({"t":0,"type":"balance","venue":"dex","account":"\ud83d\ude80",)"
                 R"("asset":"Q\"\\\u00e9","qty":"-1","reason":"a\/b\n"})");
  EXPECT_EQ(std::get<BalanceChange>(deposit.body).place.account.view(), "\xf0\x9f\x9a\x80");
  EXPECT_EQ(std::get<BalanceChange>(deposit.body).asset, AssetId{3});
  EXPECT_EQ(std::get<BalanceChange>(deposit.body).reason.view(), "a/b\n");
}

TEST(Codec, reads_each_way_to_state_a_surface) {
  const Desk desk = sample_desk();
  const std::string head =
      R"({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z",)";
  const auto surface = [&](const std::string& tail) {
    return std::get<Surface>(read(desk, fmt::format("{}{}}}", head, tail)).body);
  };
  EXPECT_EQ(surface(R"("vol":0.65)").vol, 0.65);
  EXPECT_EQ(surface(R"("vol":"0.65")").vol, 0.65);
  EXPECT_EQ(surface(R"("strikes":[5e4,"60000"],"vols":[0.7,0.6])").strikes,
            (std::vector<double>{50000.0, 60000.0}));
  const std::array<double, 5> svi{0.04, 0.1, -0.3, 0.01, 0.2};
  EXPECT_EQ(surface(R"("svi":[0.04,0.1,-0.3,0.01,0.2])").svi, svi);
  EXPECT_EQ(surface(R"("svi":{"sigma":0.2,"a":0.04,"m":0.01,"rho":-0.3,"b":0.1})").svi, svi);
}

TEST(Codec, skips_blank_lines_and_comments_only) {
  for (const auto* line : {"", "   ", "\r\n", "\t", "# a comment", "  # another"}) {
    EXPECT_TRUE(EventReader::skippable(line)) << line;
  }
  EXPECT_FALSE(EventReader::skippable(" {"));
  EXPECT_FALSE(EventReader::skippable("x # y"));
}

TEST(Codec, reads_a_good_line_after_a_bad_one) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  const Event event = read(desk, fill_line);
  Event out;
  for (const std::string_view bad : {R"({"t":0,"type":"mark","price":"1","zzz":[1,2]})", "{", "",
                                     R"({"t":0,"type":"surface","vols":[1,2,)"}) {
    EXPECT_FALSE(reader.read(bad, out));
    ASSERT_TRUE(reader.read(fill_line, out));
    EXPECT_EQ(out, event);
  }
}

TEST(Codec, writes_events_of_a_desk_that_is_still_growing) {
  DeskBuilder builder;
  const EventWriter writer(builder.desk());
  std::string out;
  const InstrumentId instrument = builder.instrument("BTC-USDT", builder.venue("binance"));
  writer.write({Timestamp{0}, Mark{instrument, {}, {}, Price::whole(5)}}, out);
  EXPECT_EQ(out,
            R"({"t":"1970-01-01T00:00:00Z","type":"mark","instrument":"BTC-USDT","price":"5"})");
  const Desk grown = builder.desk();
  EXPECT_EQ(std::get<Mark>(read(grown, out).body).instrument, instrument);
}

}  // namespace
}  // namespace ballast
