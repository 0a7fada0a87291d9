// The price of a fill: zero is one only of an option, that expired worthless.
#include <string>

#include <gtest/gtest.h>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/codec_samples.hpp"

namespace ballast {
namespace {

Desk desk_with_option() {
  Desk desk = sample_desk();
  Instrument option = desk.instruments.front();
  option.name = "BTC-CALL";
  option.kind = InstrumentKind::option_inverse;
  option.strike = Price::whole(60'000);
  option.expiry = Timestamp{};
  option.right = OptionRight::call;
  desk.instruments.push_back(option);
  return desk;
}

std::string fill(const Desk& desk, const Instrument& instrument, std::string_view price) {
  return std::string(R"({"t":0,"type":"fill","id":"1","venue":")") +
         desk.venue(instrument.venue).name +
         R"(","account":"main","book":"mm","side":"sell","qty":"1","instrument":")" +
         instrument.name + R"(","price":")" + std::string(price) + R"("})";
}

TEST(OptionFill, may_have_the_price_zero_and_no_other_fill_may) {
  const Desk desk = desk_with_option();
  EventReader reader(desk);
  Event event;
  const auto taken = reader.read(fill(desk, desk.instruments.back(), "0"), event);
  ASSERT_TRUE(taken) << taken.error().what;
  EXPECT_TRUE(std::get<Fill>(event.body).price.zero());
  const auto negative = reader.read(fill(desk, desk.instruments.back(), "-1"), event);
  ASSERT_FALSE(negative);
  EXPECT_NE(negative.error().what.find("must not be negative"), std::string::npos);
  const auto spot = reader.read(fill(desk, desk.instruments.front(), "0"), event);
  ASSERT_FALSE(spot);
  EXPECT_NE(spot.error().what.find("must be greater than zero"), std::string::npos);
}

}  // namespace
}  // namespace ballast
