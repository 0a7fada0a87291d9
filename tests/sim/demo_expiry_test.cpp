// An option of the demonstration that expires while two books hold it.
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/closed_loop.hpp"
#include "sim/demo_world.hpp"

namespace ballast {
namespace {

/// To 08:01: the options that expire at 08:00 are held by the book of options, as every morning,
/// and by the hedger, who buys one of them at the top that it sees first.
class MorningOfExpiry {
 public:
  static constexpr DemoIds ids{};
  static constexpr BookName hedger{"hedger"};
  static constexpr BookName options{"options"};

  MorningOfExpiry() : world_(desk_, 1) {
    LoopEnds ends;
    ends.step = [&](const Event& event) { return decide(event); };
    ends.sink = [&](const Event& event) { return hear(event); };
    ClosedLoop loop(std::move(ends), &world_);
    Event event;
    while (world_.next(event).value() && event.t < demo_expiry + Duration::minutes(1))
      EXPECT_TRUE(loop.push(event));
  }

  std::map<BookName, Quantity> held;  // of the option that expires
  std::map<BookName, Quantity> held_at_expiry;
  std::map<BookName, std::vector<Fill>> paid;

 private:
  std::span<const Effect> decide(const Event& event) {
    asked_.clear();
    const auto* top = std::get_if<Top>(&event.body);
    if (top != nullptr && top->instrument == ids.option(0) && !ordered_) {
      ordered_ = true;
      Order order;
      order.id = OrderId("hedge-1");
      order.place = {ids.deribit, AccountName("main")};
      order.book = hedger;
      order.instrument = ids.option(0);
      order.side = Side::buy;
      order.qty = Quantity::whole(1);
      order.origin = Origin::hedge;
      asked_.push_back({event.t, OrderRequest{order}});
    }
    return asked_;
  }
  Result<void> hear(const Event& event) {
    const auto* fill = std::get_if<Fill>(&event.body);
    if (fill == nullptr || fill->key.instrument != ids.option(0)) return {};
    if (event.t >= demo_expiry) {
      if (paid.empty()) held_at_expiry = held;
      paid[fill->book].push_back(*fill);
    }
    held[fill->book] += fill->side == Side::buy ? fill->qty : -fill->qty;
    return {};
  }

  const Desk desk_ = demo_desk();
  DemoWorld world_;
  std::vector<Effect> asked_;
  bool ordered_ = false;
};

TEST(DemoExpiry, pays_each_book_what_it_holds_and_leaves_it_nothing) {
  using Of = MorningOfExpiry;
  const Of morning;
  ASSERT_EQ(morning.held_at_expiry.size(), 2U);
  EXPECT_EQ(morning.held_at_expiry.at(Of::hedger), Quantity::whole(1));
  EXPECT_LT(morning.held_at_expiry.at(Of::options), Quantity{}) << "sold to clients";
  for (const auto& [book, held] : morning.held)
    EXPECT_TRUE(held.zero()) << book.view() << " holds " << to_string(held);
  ASSERT_EQ(morning.paid.size(), 2U);
  for (const auto& [book, fills] : morning.paid) {
    ASSERT_EQ(fills.size(), 1U) << book.view();
    EXPECT_EQ(fills[0].side, book == Of::hedger ? Side::sell : Side::buy);
    EXPECT_EQ(fills[0].price, morning.paid.at(Of::options)[0].price) << "one settlement for all";
  }
}

}  // namespace
}  // namespace ballast
