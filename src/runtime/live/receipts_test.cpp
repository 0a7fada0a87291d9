#include "runtime/live/receipts.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {
namespace {

constexpr Timestamp hour(int count) { return Timestamp{} + Duration::hours(count); }

Receipt receipt(std::string_view by, std::string_view key, std::string answer = "{}") {
  return {*Note::create(by), *Text<255>::create(key), 7, std::move(answer)};
}

TEST(Receipts, are_found_by_name_and_key_until_they_are_forgotten) {
  Receipts receipts;
  receipts.add(hour(1), receipt("a", "1"));
  receipts.add(hour(2), receipt("a", "2"));
  receipts.add(hour(3), receipt("b", "1"));
  EXPECT_EQ(receipts.find("a", "1")->t, hour(1));
  EXPECT_EQ(receipts.find("b", "2"), nullptr);
  EXPECT_EQ(receipts.last_key("a"), "2");
  receipts.forget_before(hour(9));
  EXPECT_EQ(receipts.find("a", "1"), nullptr);
  EXPECT_NE(receipts.find("a", "2"), nullptr);  // the last of its name
  EXPECT_NE(receipts.find("b", "1"), nullptr);
  receipts.add(hour(10), receipt("a", "3"));
  EXPECT_EQ(receipts.find("a", "2"), nullptr);  // it was kept for being the last only
  EXPECT_EQ(receipts.size(), 2U);
}

TEST(Receipts, that_are_given_anew_are_kept_from_then_on) {
  Receipts receipts;
  receipts.add(hour(1), receipt("a", "1"));
  receipts.add(hour(1), receipt("a", "2"));
  receipts.add(hour(5), receipt("a", "1"));
  receipts.add(hour(6), receipt("a", "3"));
  receipts.forget_before(hour(3));
  EXPECT_NE(receipts.find("a", "1"), nullptr);
  EXPECT_EQ(receipts.find("a", "2"), nullptr);
}

TEST(Receipts, survive_as_bytes_and_refuse_damaged_ones) {
  Receipts receipts;
  for (int i = 0; i < 50; ++i)
    receipts.add(hour(i / 3), receipt(i % 2 == 0 ? "a" : "b", std::to_string(i)));
  receipts.forget_before(hour(10));
  const std::string bytes = receipts.save();
  const auto loaded = Receipts::load(bytes);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->save(), bytes);
  EXPECT_EQ(loaded->size(), receipts.size());
  EXPECT_EQ(loaded->last_key("a"), receipts.last_key("a"));
  EXPECT_FALSE(Receipts::load(bytes.substr(0, bytes.size() - 1)));
  EXPECT_TRUE(Receipts::load(""));
}

TEST(RequestHash, tells_batches_apart_by_their_lines_and_where_they_end) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(request_hash(Lines{"a", "b"}), request_hash(Lines{"a", "b"}));
  EXPECT_NE(request_hash(Lines{"a", "b"}), request_hash(Lines{"b", "a"}));
  EXPECT_NE(request_hash(Lines{"ab"}), request_hash(Lines{"a", "b"}));
  EXPECT_NE(request_hash(Lines{}), request_hash(Lines{""}));
}

SubmissionOutcome random_outcome(Rng& rng) {
  SubmissionOutcome outcome;
  std::uint64_t seq = rng.below(1000);
  for (auto n = rng.below(60); n > 0; --n) {
    LineOutcome line;
    line.kind = static_cast<LineOutcome::Kind>(rng.below(4));
    if (line.kind == LineOutcome::Kind::applied || line.kind == LineOutcome::Kind::duplicate ||
        (line.kind == LineOutcome::Kind::refused && rng.chance(0.3))) {
      line.seq = seq += rng.chance(0.8) ? 1 : 3;
    }
    if (line.kind == LineOutcome::Kind::refused) {
      line.code = rng.chance(0.5) ? "bad_input" : "overflow";
      if (rng.chance(0.7)) line.detail = "column 7: \"x\\y\"\n is \x01 wrong \xe2\x82\xbf";
    }
    outcome.lines.push_back(std::move(line));
  }
  outcome.last_seq = seq;
  return outcome;
}

TEST(AnswerText, reads_back_as_the_same_answer) {
  constexpr std::uint64_t seed = 5;
  Rng rng(seed);
  for (int i = 0; i < 2'000; ++i) {
    const SubmissionOutcome outcome = random_outcome(rng);
    const std::string text = answer_text(outcome);
    const auto back = parse_answer(text);
    ASSERT_TRUE(back) << text << " seed " << seed;
    EXPECT_TRUE(back->replayed);
    EXPECT_EQ(back->last_seq, outcome.last_seq);
    ASSERT_EQ(back->lines.size(), outcome.lines.size()) << text;
    for (std::size_t k = 0; k < outcome.lines.size(); ++k) {
      EXPECT_EQ(back->lines[k].kind, outcome.lines[k].kind) << text;
      EXPECT_EQ(back->lines[k].seq, outcome.lines[k].seq) << text;
      EXPECT_EQ(back->lines[k].code, outcome.lines[k].code) << text;
      EXPECT_EQ(back->lines[k].detail, outcome.lines[k].detail) << text;
    }
  }
}

TEST(AnswerText, stays_small_for_many_lines_and_for_many_refusals) {
  SubmissionOutcome outcome;
  outcome.lines.resize(65'536);
  for (std::size_t i = 0; i < outcome.lines.size(); ++i)
    outcome.lines[i].seq = i + 1;
  EXPECT_LT(answer_text(outcome).size(), 100U);
  for (LineOutcome& line : outcome.lines)
    line = {LineOutcome::Kind::refused, 0, "bad_input", std::string(200, 'x')};
  const std::string text = answer_text(outcome);
  EXPECT_LT(text.size(), 300'000U);
  EXPECT_EQ(parse_answer(text)->lines.size(), outcome.lines.size());
}

TEST(AnswerText, refuses_cut_and_strange_text) {
  SubmissionOutcome outcome;
  outcome.lines.push_back({LineOutcome::Kind::refused, 0, "bad_input", "a \"b\"\x02"});
  const std::string text = answer_text(outcome);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_answer(std::string_view(text).substr(0, size))) << size;
  EXPECT_FALSE(parse_answer("{}"));
  EXPECT_FALSE(parse_answer(text + " "));
}

}  // namespace
}  // namespace ballast
