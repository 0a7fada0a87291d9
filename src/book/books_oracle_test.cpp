// Books against a slow second opinion: every fill, correction, bust and repeat, in every order of
// arrival.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "book/book_test_support.hpp"

namespace ballast {
namespace {

using namespace book_test;

/// A fill with all that will ever be said about it.
struct Story {
  Timestamp t;
  Fill fill;
  std::vector<std::pair<Timestamp, Correct>> corrections;  // by time
  bool busted = false;
};

/// One message about a story.
struct Message {
  enum class Kind { fill, correct, bust } kind;
  std::size_t story = 0;
  std::size_t correction = 0;
};

/// What has been heard so far.
struct Heard {
  bool fill = false;
  std::set<std::size_t> corrections;
  bool bust = false;
};

Int128 random_raw(Rng& rng) {
  const Int128 coarse = static_cast<Int128>(1 + rng.below(1'000'000)) * (decimal_one / 100'000);
  return rng.chance(0.7) ? coarse : coarse + static_cast<Int128>(rng.below(1'000'000'000'000));
}

Correct random_correction(Rng& rng, const Fill& fill) {
  Correct correct;
  correct.key = fill.key;
  if (rng.chance(0.5)) correct.qty = Quantity::from_raw(random_raw(rng));
  if (rng.chance(0.5)) correct.price = Price::from_raw(random_raw(rng));
  if (rng.chance(0.3)) correct.side = rng.chance(0.5) ? Side::buy : Side::sell;
  if (rng.chance(0.3)) {
    correct.fee = Amount::from_raw(random_raw(rng));
    correct.fee_asset = AssetId(rng.below(3));
  }
  return correct;
}

std::vector<Story> random_stories(Rng& rng, std::size_t count, std::size_t places) {
  std::vector<Story> stories;
  for (std::size_t i = 0; i < count; ++i) {
    Story story;
    story.t = at(static_cast<std::int64_t>(rng.below(count / 2 + 1)));  // many ties
    const InstrumentId instrument(rng.below(std::min<std::size_t>(places, 4)));
    story.fill = fill(rng.chance(0.7) ? std::to_string(i) : "x" + std::to_string(i),
                      rng.chance(0.5) ? Side::buy : Side::sell, "1", "1", instrument);
    story.fill.key.leg = static_cast<std::uint16_t>(rng.below(2));
    if (places > 4 && rng.chance(0.5)) story.fill.key.place.account = AccountName("other");
    if (places > 4 && rng.chance(0.5)) story.fill.book = BookName("arb");
    story.fill.qty = Quantity::from_raw(random_raw(rng));
    story.fill.price = rng.chance(0.3) ? price("100") : Price::from_raw(random_raw(rng));
    if (rng.chance(0.5)) {
      const Int128 paid = random_raw(rng);
      story.fill.fee = Fee{Amount::from_raw(rng.chance(0.8) ? paid : -paid), AssetId(rng.below(3))};
    }
    if (rng.chance(0.5)) story.fill.order = *OrderId::create("order-" + std::to_string(i));
    for (std::size_t c = rng.chance(0.2) ? 1 + rng.below(3) : 0; c > 0; --c) {
      story.corrections.emplace_back(
          at(static_cast<std::int64_t>(1000 + 10 * story.corrections.size())),
          random_correction(rng, story.fill));
    }
    story.busted = rng.chance(0.1);
    stories.push_back(story);
  }
  return stories;
}

/// Any order in which a correction follows its fill and a bust follows both; some messages twice.
std::vector<Message> random_arrival(Rng& rng,
                                    const std::vector<Story>& stories,
                                    bool mostly_in_order) {
  std::vector<std::pair<std::uint64_t, Message>> queue;
  for (std::size_t i = 0; i < stories.size(); ++i) {
    const Story& story = stories[i];
    const auto base = static_cast<std::uint64_t>(story.t.ns);
    const std::uint64_t hour = 3'600'000'000'000;
    const auto first = mostly_in_order && rng.chance(0.95) ? base : rng.below(2 * hour);
    queue.push_back({first, {Message::Kind::fill, i, 0}});
    for (std::size_t c = 0; c < story.corrections.size(); ++c) {
      queue.push_back({first + 1 + rng.below(hour), {Message::Kind::correct, i, c}});
    }
    if (story.busted) queue.push_back({first + hour + 1, {Message::Kind::bust, i, 0}});
  }
  const std::size_t once = queue.size();
  for (std::size_t i = 0; i < once; ++i) {
    if (rng.chance(0.1))
      queue.push_back({queue[i].first + rng.below(1'000'000'000'000), queue[i].second});
  }
  std::stable_sort(queue.begin(), queue.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Message> messages;
  for (const auto& [when, message] : queue)
    messages.push_back(message);
  return messages;
}

Verdict send(Books& books, const std::vector<Story>& stories, const Message& message) {
  const Story& story = stories[message.story];
  switch (message.kind) {
    case Message::Kind::fill:
      return books.apply(story.t, story.fill).verdict;
    case Message::Kind::correct: {
      const auto& [t, correct] = story.corrections[message.correction];
      return books.apply(t, correct).verdict;
    }
    case Message::Kind::bust:
      return books.apply(at(5000), Bust{story.fill.key}).verdict;
  }
  return Verdict::refused;
}

void hear(Heard& heard, const Message& message) {
  if (message.kind == Message::Kind::fill) heard.fill = true;
  if (message.kind == Message::Kind::correct) heard.corrections.insert(message.correction);
  if (message.kind == Message::Kind::bust) heard.bust = true;
}

Fill as_corrected(const Story& story, const Heard& heard) {
  Fill fill = story.fill;
  for (const std::size_t c : heard.corrections) {
    const Correct& correct = story.corrections[c].second;
    if (correct.side) fill.side = *correct.side;
    if (correct.qty) fill.qty = *correct.qty;
    if (correct.price) fill.price = *correct.price;
    if (correct.fee) fill.fee = Fee{*correct.fee, *correct.fee_asset};
  }
  return fill;
}

using PositionName = std::tuple<std::string, std::uint32_t, std::string>;
using BalanceName = std::tuple<std::string, std::uint16_t>;

struct Opinion {
  std::map<PositionName, SlowPosition> positions;
  std::map<std::pair<PositionName, std::uint16_t>, Big> fees;
  std::map<BalanceName, Big> cash;
};

/// Numbers before other ids, numbers by value: as the books promise, written another way.
auto id_order(const Fill& fill) {
  const std::string text = fill.key.id.str();
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return std::isdigit(c) != 0; });
  return std::tuple(digits ? 0 : 1, digits ? std::stoul(text) : 0, text, fill.key.leg);
}

Opinion opinion_of(const std::vector<Story>& stories, const std::vector<Heard>& heard) {
  const Desk the_desk = desk();
  std::vector<std::pair<Timestamp, Fill>> fills;
  for (std::size_t i = 0; i < stories.size(); ++i) {
    if (heard[i].fill && !heard[i].bust)
      fills.emplace_back(stories[i].t, as_corrected(stories[i], heard[i]));
  }
  std::sort(fills.begin(), fills.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first, id_order(a.second)) < std::tuple(b.first, id_order(b.second));
  });
  Opinion opinion;
  for (const auto& [t, fill] : fills) {
    const Instrument& instrument = the_desk.instrument(fill.key.instrument);
    const std::string account = fill.key.place.account.str();
    const PositionName name{account, fill.key.instrument.value, fill.book.str()};
    SlowPosition& position = opinion.positions[name];
    const Big before = position.realized;
    const Big flow_before = position.flow;
    const Big signed_qty = fill.side == Side::buy ? Big(fill.qty.raw) : -Big(fill.qty.raw);
    position.trade(instrument, signed_qty, Big(fill.price.raw));
    const auto cash = [&](AssetId asset) -> Big& { return opinion.cash[{account, asset.value}]; };
    if (instrument.spot()) {
      cash(instrument.base) = cash(instrument.base) + signed_qty;
      cash(instrument.quote) = cash(instrument.quote) + position.flow - flow_before;
    } else {
      cash(instrument.settlement()) = cash(instrument.settlement()) + position.realized - before;
    }
    if (fill.fee) {
      cash(fill.fee->asset) = cash(fill.fee->asset) - Big(fill.fee->amount.raw);
      Big& fees = opinion.fees[{name, fill.fee->asset.value}];
      fees = fees + Big(fill.fee->amount.raw);
    }
  }
  return opinion;
}

/// The opinion is asked about every position and balance, also those that came back to nothing.
void expect_agreement(const Books& books, Opinion opinion) {
  for (const Position& position : books.positions()) {
    const PositionName name{books.account(position.account).account.str(),
                            position.instrument.value, books.book(position.book).str()};
    const SlowPosition slow = opinion.positions[name];
    ASSERT_EQ(position.qty.raw, slow.qty.to_raw());
    ASSERT_EQ(position.cost.raw, slow.cost.to_raw());
    ASSERT_EQ(position.average.raw, slow.average.to_raw());
    ASSERT_EQ(position.realized.raw, slow.realized.to_raw());
    ASSERT_EQ((position.realized - position.cost).raw, slow.flow.to_raw());
    for (std::uint16_t asset = 0; asset < 4; ++asset) {
      const Amount fees = position.fees(AssetId(std::size_t{asset}));
      ASSERT_EQ(fees.raw, (opinion.fees[{name, asset}].to_raw()));
    }
    opinion.positions.erase(name);
  }
  ASSERT_TRUE(opinion.positions.empty());
  for (std::size_t account = 0; account < books.account_count(); ++account) {
    for (std::uint16_t asset = 0; asset < 4; ++asset) {
      const std::string name = books.account(AccountId(account)).account.str() + "";
      const Amount held = books.cash(AccountId(account), AssetId(std::size_t{asset}));
      opinion.cash[{name, asset}] = opinion.cash[{name, asset}] - Big(held.raw);
    }
  }
  for (const auto& [name, difference] : opinion.cash)
    ASSERT_TRUE(difference.zero());
  ASSERT_TRUE(books.balanced());
}

/// Replays a random desk and compares after every `compare_every`-th message and at the end.
void replay_and_compare(std::uint64_t seed,
                        std::size_t count,
                        std::size_t places,
                        bool mostly_in_order,
                        std::size_t compare_every) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Rng rng(seed);
  const std::vector<Story> stories = random_stories(rng, count, places);
  const std::vector<Message> messages = random_arrival(rng, stories, mostly_in_order);
  std::vector<Heard> heard(stories.size());
  Books books(desk());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    Heard& of_story = heard[message.story];
    const bool repeat = message.kind == Message::Kind::fill ? of_story.fill
                        : message.kind == Message::Kind::bust
                            ? of_story.bust
                            : of_story.corrections.count(message.correction) > 0;
    const Verdict verdict = send(books, stories, message);
    if (repeat) {
      ASSERT_EQ(verdict, Verdict::duplicate);
    } else if (message.kind == Message::Kind::correct) {
      ASSERT_NE(verdict, Verdict::refused);  // one that changes nothing is a duplicate
    } else {
      ASSERT_EQ(verdict, Verdict::applied);
    }
    hear(of_story, message);
    if (i % compare_every == 0) expect_agreement(books, opinion_of(stories, heard));
    if (testing::Test::HasFatalFailure()) return;
  }
  expect_agreement(books, opinion_of(stories, heard));
}

TEST(Books, equal_a_slow_replay_after_every_event) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    replay_and_compare(seed, 25, 16, false, 1);
    if (HasFatalFailure()) return;
  }
}

TEST(Books, equal_a_slow_replay_of_long_histories) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {  // some 600 fills each on two positions
    replay_and_compare(seed, 1200, 2, seed % 2 == 0, 499);
    if (HasFatalFailure()) return;
  }
}

TEST(Books, are_the_same_for_every_order_of_arrival_and_any_repeats) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Rng rng(seed);
    const std::vector<Story> stories = random_stories(rng, 80, 16);
    std::vector<std::map<PositionName, Position>> results;
    for (int order = 0; order < 4; ++order) {
      Books books(desk());
      for (const Message& message : random_arrival(rng, stories, order == 0))
        send(books, stories, message);
      std::map<PositionName, Position> result;
      for (Position position : books.positions()) {
        const PositionName name{books.account(position.account).account.str(),
                                position.instrument.value, books.book(position.book).str()};
        position.account = {};  // numbers follow the order of appearance; names do not
        position.book = {};
        result[name] = position;
      }
      results.push_back(result);
    }
    for (const auto& result : results)
      ASSERT_EQ(result, results.front());
  }
}

TEST(Books, show_a_positions_fills_in_order_as_they_count) {
  Books books(desk());
  books.apply(at(3), buy("10", "1", "100"));
  books.apply(at(3), buy("9", "2", "100"));
  books.apply(at(1), sell("11", "3", "100"));
  Correct correct;
  correct.key = buy("9", "1", "1").key;
  correct.qty = qty("5");
  books.apply(at(9), correct);
  books.apply(at(9), Bust{buy("10", "1", "1").key});
  std::vector<std::string> seen;
  books.visit_fills(PositionId(std::size_t{0}), [&](const FillView& view) {
    seen.push_back(view.id.str() + " " + to_string(view.qty) +
                   (view.corrected ? " corrected" : "") + (view.busted ? " busted" : ""));
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"11 3", "9 5 corrected", "10 1 busted"}));
}

}  // namespace
}  // namespace ballast
