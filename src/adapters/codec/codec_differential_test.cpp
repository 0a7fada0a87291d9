// The reader against nlohmann::json, which shares no code with it: random objects must yield the
// same tokens, and damaged lines must not be taken that it would refuse.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/codec_samples.hpp"
#include "adapters/codec/json_line.hpp"

namespace ballast {
namespace {

using nlohmann::json;

std::string random_number(Rng& rng) {
  std::string text = rng.chance(0.3) ? "-" : "";
  text += std::to_string(rng.next() >> rng.below(64));
  if (rng.chance(0.5)) text += fmt::format(".{:0{}}", rng.below(1'000'000), rng.below(12) + 1);
  if (rng.chance(0.2)) text += fmt::format("e{}{}", rng.chance(0.5) ? "-" : "", rng.below(200));
  return text;
}

/// A JSON string of the text, with needless escapes here and there.
std::string quoted(Rng& rng, const std::string& text) {
  return json(text).dump(-1, ' ', rng.chance(0.5));
}

std::string random_scalar(Rng& rng) {
  switch (rng.below(5)) {
    case 0:
      return rng.chance(0.5) ? "true" : "false";
    case 1:
      return "null";
    case 2:
      return random_number(rng);
    default:
      return quoted(rng, random_text(rng, 40));
  }
}

std::string blank(Rng& rng) {
  constexpr std::array<std::string_view, 6> blanks{"", "", "", " ", "\t", "\r\n  "};
  return std::string(blanks[rng.below(blanks.size())]);
}

std::string joined(Rng& rng, const std::vector<std::string>& parts, char open, char close) {
  std::string text(1, open);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += blank(rng) + parts[i] + blank(rng) + (i + 1 < parts.size() ? "," : "");
  }
  return text + (parts.empty() ? blank(rng) : "") + close;
}

std::string member(Rng& rng, std::string_view key, const std::string& value) {
  return fmt::format("{}{}:{}{}", quoted(rng, std::string(key)), blank(rng), blank(rng), value);
}

std::string random_value(Rng& rng) {
  if (rng.chance(0.7)) return random_scalar(rng);
  std::vector<std::string> parts;
  const bool array = rng.chance(0.5);
  for (auto n = rng.below(6); n > 0; --n) {
    const std::string value = random_scalar(rng);
    parts.push_back(array ? value : member(rng, svi_names[n - 1 < 5 ? n - 1 : 0], value));
  }
  return joined(rng, parts, array ? '[' : '{', array ? ']' : '}');
}

/// The token as a JSON value; numbers through the same text-to-double as the other library's.
json value_of(const Token& token, const JsonLine& line) {
  switch (token.kind) {
    case TokenKind::string:
      return std::string(token.text);
    case TokenKind::array: {
      json items = json::array();
      for (const Element& element : line.elements(token))
        items.push_back(value_of(element.value, line));
      return items;
    }
    case TokenKind::object: {
      json members = json::object();
      for (const Element& element : line.elements(token)) {
        members[std::string(element.key)] = value_of(element.value, line);
      }
      return members;
    }
    default:
      return json::parse(token.text);
  }
}

TEST(JsonLine, splits_random_objects_as_another_library_does) {
  constexpr std::uint64_t seed = 31;
  Rng rng(seed);
  JsonLine line;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::string> members;
    FieldSet chosen;
    for (auto n = rng.below(12); n > 0; --n) {
      const auto field = static_cast<Field>(rng.below(field_names.size()));
      if (chosen.has(field)) continue;
      chosen.add(field);
      members.push_back(member(rng, to_string(field), random_value(rng)));
    }
    const std::string text = blank(rng) + joined(rng, members, '{', '}') + blank(rng);
    const json expected = json::parse(text);
    const auto parsed = line.parse(text);
    ASSERT_TRUE(parsed) << text << "\n" << parsed.error().what << " seed " << seed;
    std::size_t count = 0;
    for (std::size_t f = 0; f < field_names.size(); ++f) {
      const auto field = static_cast<Field>(f);
      ASSERT_EQ(line.fields().has(field), chosen.has(field)) << text;
      if (!chosen.has(field)) continue;
      ++count;
      const Token& token = line[field];
      ASSERT_EQ(value_of(token, line), expected[std::string(field_names[f])]) << text;
      ASSERT_EQ(text[token.key_column - 1], '"') << text;
      if (token.kind == TokenKind::number) {
        ASSERT_EQ(text.substr(token.column - 1, token.text.size()), token.text) << text;
      }
    }
    ASSERT_EQ(count, expected.size()) << text;
  }
}

/// Copies, drops, doubles and swaps bytes.
std::string damaged(Rng& rng, std::string text) {
  for (auto n = rng.below(3) + 1; n > 0 && !text.empty(); --n) {
    const std::size_t at = rng.below(text.size());
    switch (rng.below(5)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, text[rng.below(text.size())]);
        break;
      case 2:
        text[at] = static_cast<char>(rng.below(256));
        break;
      case 3:
        std::swap(text[at], text[rng.below(text.size())]);
        break;
      default:
        text.insert(at, 1, "{}[]\",:\\ 0e-.tn"[rng.below(15)]);
        break;
    }
  }
  return text;
}

TEST(EventReader, takes_no_damaged_line_that_is_not_json_and_loses_nothing_of_those_it_takes) {
  constexpr std::uint64_t seed = 37;
  Rng rng(seed);
  const Desk desk = sample_desk();
  EventReader reader(desk);
  const EventWriter writer(desk);
  Event event;
  int taken = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string good;
    writer.write(random_event(rng, rng.below(event_type_names.size())), good);
    const std::string text = damaged(rng, good);
    if (!reader.read(text, event)) continue;
    ++taken;
    ASSERT_TRUE(json::accept(text)) << text << " seed " << seed;
    // The event says what the line says: printed and read as JSON, each of its fields is there.
    std::string printed;
    writer.write(event, printed);
    const json said = json::parse(text);
    const json repeated = json::parse(printed);
    for (const auto& [key, value] : repeated.items()) {
      ASSERT_TRUE(said.contains(key)) << text << "\n" << printed;
      if (key == "t" || !value.is_string() || !said[key].is_string()) continue;
      const auto as_decimal = parse_decimal_raw(value.get<std::string>());
      const auto was_decimal = parse_decimal_raw(said[key].get<std::string>());
      if (as_decimal && was_decimal) {
        ASSERT_EQ(*as_decimal, *was_decimal) << text << "\n" << printed;
      } else if (key != "expiry" && key != "until") {
        ASSERT_EQ(value, said[key]) << text << "\n" << printed;
      }
    }
  }
  EXPECT_GT(taken, 1'000);
}

}  // namespace
}  // namespace ballast
