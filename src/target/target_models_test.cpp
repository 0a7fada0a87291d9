// Conformance: what every target model keeps, whichever it is. A new word in TargetModel is tested
// here as its default value; add samples<It>() to test it as users write it.
#include "target/target_models.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"

namespace ballast {
namespace {

Decimal dec(std::string_view text) { return parse_decimal<Decimal>(text).value(); }
Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

template <class M>
std::vector<M> samples() {
  return {M{}};
}
template <>
std::vector<StaticTarget> samples() {
  return {{dec("0")}, {dec("-2.5")}};
}
template <>
std::vector<ShareTarget> samples() {
  return {{dec("0")}, {dec("0.5")}, {dec("-1")}};
}
template <>
std::vector<ScheduleTarget> samples() {
  const ScheduleEntry weekend{1 << 5, Duration::hours(20), Duration::hours(52), dec("0"), {}, {}};
  const ScheduleEntry funding{
      0x7F, Duration::minutes(475), Duration::minutes(10), {}, dec("0.5"), dec("2")};
  return {{dec("3"), {}}, {dec("3"), {weekend}}, {dec("-3"), {funding, weekend}}};
}

Inventory known_inventory(Timestamp now) { return {now, dec("50000"), dec("100000"), dec("1")}; }

template <class List>
struct TypesOf;
template <class... Ms>
struct TypesOf<std::variant<Ms...>> {
  using type = ::testing::Types<Ms...>;
};

template <class M>
class EveryTargetModel : public ::testing::Test {};
TYPED_TEST_SUITE(EveryTargetModel, typename TypesOf<TargetModel>::type);

TYPED_TEST(EveryTargetModel, answers_when_all_inputs_are_known) {
  for (const auto& model : samples<TypeParam>()) {
    const auto answer = aim(model, known_inventory(at("2024-08-09T12:00:00Z")));
    ASSERT_TRUE(answer);
    EXPECT_GE(answer->band_scale.sign(), 0);
  }
}

TYPED_TEST(EveryTargetModel, looks_at_value_only_if_it_says_so) {
  for (const auto& model : samples<TypeParam>()) {
    const Timestamp now = at("2024-08-09T12:00:00Z");
    Inventory nothing{now, std::nullopt, std::nullopt};
    nothing.said = known_inventory(now).said;  // is no value: it comes by an event
    if (reads_value(model)) {
      EXPECT_FALSE(aim(model, nothing));
    } else {
      EXPECT_EQ(aim(model, nothing), aim(model, known_inventory(now)));
    }
  }
}

TYPED_TEST(EveryTargetModel, stays_as_it_is_until_its_next_change) {
  Rng rng(1);
  for (const auto& model : samples<TypeParam>()) {
    for (int round = 0; round < 200; ++round) {
      const Timestamp now{rng.between(-400'000, 1'700'000'000) * 1'000'000'000 + rng.between(0, 9)};
      const auto change = next_change(model, now);
      const Timestamp end = change.value_or(now + Duration::days(14));
      ASSERT_GT(end, now);
      for (int i = 0; i < 20; ++i) {
        const Timestamp between{rng.between(now.ns, end.ns - 1)};
        ASSERT_EQ(aim(model, known_inventory(between)), aim(model, known_inventory(now)))
            << "seed 1, round " << round << ", at " << to_string(between);
      }
      if (change) {
        ASSERT_NE(aim(model, known_inventory(end)), aim(model, known_inventory(now)))
            << "nothing changes at " << to_string(end);
      }
    }
  }
}

TYPED_TEST(EveryTargetModel, says_in_words_what_it_aims_at) {
  for (const auto& model : samples<TypeParam>()) {
    const Inventory inventory = known_inventory(at("2024-08-10T00:00:00Z"));
    const std::string target = to_string(aim(model, inventory)->target);
    EXPECT_NE(describe(model, inventory).find(target), std::string::npos)
        << describe(model, inventory) << " does not name " << target;
  }
}

TYPED_TEST(EveryTargetModel, is_called_through_the_variant_alike) {
  for (const auto& model : samples<TypeParam>()) {
    const TargetModel any = model;
    const Timestamp now = at("2024-08-10T00:00:00Z");
    EXPECT_EQ(aim(any, known_inventory(now)), aim(model, known_inventory(now)));
    EXPECT_EQ(next_change(any, now), next_change(model, now));
    EXPECT_EQ(reads_value(any), reads_value(model));
    EXPECT_EQ(describe(any, known_inventory(now)), describe(model, known_inventory(now)));
    EXPECT_EQ(name_of(any), target_model_names[any.index()]);
  }
}

TEST(TargetModels, have_names_that_differ) {
  EXPECT_EQ(std::set(target_model_names.begin(), target_model_names.end()).size(),
            target_model_names.size());
}

}  // namespace
}  // namespace ballast
