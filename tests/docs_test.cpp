// The documentation's examples and tables, held against the program: what a page says can be typed
// in, and what the program takes and prints is on the page.
#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/fields.hpp"
#include "adapters/config/config.hpp"
#include "adapters/config/keys.hpp"
#include "adapters/config/schema_reader.hpp"
#include "adapters/report/render.hpp"
#include "adapters/report/sample_report.hpp"
#include "engine/engine.hpp"
#include "ports/alert_settings.hpp"

namespace ballast {
namespace {

using Names = std::set<std::string, std::less<>>;

struct Block {
  std::string info;  // behind the fence: "toml", "json refused"
  std::string text;
  std::size_t line = 0;  // of the fence
};

/// A table's rows under one heading, as the texts of their cells.
struct Part {
  std::string heading;
  std::vector<std::vector<std::string>> rows;
};

struct Page {
  std::string name;
  std::string prose;  // all but the blocks
  std::vector<Block> blocks;
  std::vector<Part> parts;

  std::vector<Block> blocks_of(std::string_view info) const {
    std::vector<Block> found;
    for (const Block& block : blocks) {
      if (block.info == info) found.push_back(block);
    }
    return found;
  }
  const Part* part(std::string_view heading) const {
    for (const Part& part : parts) {
      if (part.heading == heading) return &part;
    }
    return nullptr;
  }
  /// Everything between backticks outside of blocks.
  Names quoted() const {
    Names names;
    std::istringstream pieces(prose);
    std::string piece;
    for (bool inside = false; std::getline(pieces, piece, '`'); inside = !inside) {
      if (inside) names.insert(piece);
    }
    return names;
  }
};

std::string trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream in(row.substr(1));
  for (std::string cell; std::getline(in, cell, '|');)
    cells.push_back(trimmed(cell));
  return cells;
}

Page read_page(const std::string& name) {
  Page page{name, {}, {}, {{"", {}}}};
  std::ifstream file(std::string(BALLAST_SOURCE_DIR) + "/docs/" + name);
  EXPECT_TRUE(file) << name;
  bool in_block = false;
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("```")) {
      in_block = !in_block;
      if (in_block) page.blocks.push_back({line.substr(3), {}, number});
    } else if (in_block) {
      page.blocks.back().text += line + "\n";
    } else {
      page.prose += line + "\n";
      if (line.starts_with("#")) {
        std::string heading = line.substr(line.find(' ') + 1);
        std::erase(heading, '`');
        page.parts.push_back({heading, {}});
      } else if (line.starts_with("| ")) {
        page.parts.back().rows.push_back(cells_of(line));
      }
    }
  }
  EXPECT_FALSE(in_block) << name << " ends inside a block";
  return page;
}

/// The names in the first cell of a row: "`a`, `b`".
Names names_in(const std::string& cell) {
  Names names;
  std::istringstream pieces(cell);
  std::string piece;
  for (bool inside = false; std::getline(pieces, piece, '`'); inside = !inside) {
    if (inside) names.insert(piece);
  }
  return names;
}

std::string listing(std::string_view toml) {
  std::string text;
  for (const Problem& problem : check_desk(toml, "desk.toml"))
    text += to_string(problem) + "\n";
  return text;
}

Desk desk_of(const Block& block) {
  auto desk = load_desk(block.text, "desk.toml");
  EXPECT_TRUE(desk) << "line " << block.line << "\n" << (desk ? "" : desk.error().what);
  return desk ? std::move(*desk) : Desk{};
}

/// Every event of the blocks, and each a line that the reader takes.
std::vector<Event> events_of(const std::vector<Block>& blocks, const Desk& desk) {
  EventReader reader(desk);
  std::vector<Event> events;
  for (const Block& block : blocks) {
    for (const std::string& line : lines_of(block.text)) {
      Event event;
      const auto read = reader.read(line, event);
      EXPECT_TRUE(read) << "in the block of line " << block.line << ": " << line << "\n"
                        << (read ? "" : read.error().what);
      if (read) events.push_back(std::move(event));
    }
  }
  return events;
}

// ---- docs/events.md

TEST(EventsPage, tells_one_story_of_every_type_that_the_engine_takes_without_refusing_any) {
  const Page page = read_page("events.md");
  const auto desks = page.blocks_of("toml");
  ASSERT_EQ(desks.size(), 1U);
  EXPECT_EQ(listing(desks[0].text), "");
  const Desk desk = desk_of(desks[0]);
  const auto events = events_of(page.blocks_of("json"), desk);
  Names types;
  Engine engine(desk);
  for (const Event& event : events) {
    types.emplace(event.type());
    for (const Effect& effect : engine.step(event)) {
      const auto* refused = std::get_if<Refused>(&effect.body);
      EXPECT_EQ(refused, nullptr) << event.type() << " at " << to_string(event.t) << ": "
                                  << (refused != nullptr ? refusal_text(refused->why) : "");
    }
  }
  EXPECT_EQ(engine.counts().applied, events.size());
  EXPECT_EQ(types, Names(event_type_names.begin(), event_type_names.end()));
  for (const BreakReport& item : engine.report().breaks)
    ADD_FAILURE() << "a break on " << item.subject;
}

Names field_set(const FieldSet& fields) {
  Names names;
  for (FieldSet rest = fields.without({Field::t, Field::type}); !rest.empty();) {
    names.emplace(to_string(rest.first()));
    rest = rest.without({rest.first()});
  }
  return names;
}

TEST(EventsPage, lists_exactly_the_fields_that_the_reader_takes_and_which_it_requires) {
  const Page page = read_page("events.md");
  for (std::size_t type = 0; type < event_type_names.size(); ++type) {
    const Part* const part = page.part(event_type_names[type]);
    ASSERT_NE(part, nullptr) << event_type_names[type];
    Names required, optional;
    for (const auto& row : part->rows) {
      ASSERT_EQ(row.size(), 4U) << event_type_names[type] << ": " << row[0];
      const Names names = names_in(row[0]);
      (row[2].starts_with("required") ? required : optional).insert(names.begin(), names.end());
    }
    EXPECT_EQ(required, field_set(schemas[type].required)) << event_type_names[type];
    EXPECT_EQ(optional, field_set(schemas[type].optional)) << event_type_names[type];
  }
}

TEST(EventsPage, shows_refusals_in_the_reader_s_own_words) {
  const Page page = read_page("events.md");
  const Desk desk = desk_of(page.blocks_of("toml").at(0));
  EventReader reader(desk);
  int shown = 0;
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    if (page.blocks[i].info != "json refused") continue;
    ASSERT_LT(i + 1, page.blocks.size());
    Event event;
    const auto read = reader.read(trimmed(page.blocks[i].text), event);
    ASSERT_FALSE(read) << page.blocks[i].text;
    EXPECT_EQ(read.error().what + "\n", page.blocks[i + 1].text);
    ++shown;
  }
  EXPECT_GE(shown, 3);
}

TEST(EventsPage, gives_every_reason_for_which_the_engine_refuses) {
  std::string prose = read_page("events.md").prose;
  for (std::size_t why = 0; why < refusal_names.size(); ++why) {
    // Up to the advice: "it is known with a different body; send ...".
    const std::string text(refusal_text(static_cast<Refusal>(why)));
    std::string reason = text.substr(0, text.find_first_of(";("));
    const std::size_t range = reason.find(" of +-");
    if (range != std::string::npos) reason.resize(range);
    EXPECT_NE(prose.find(trimmed(reason)), std::string::npos) << reason;
  }
}

// ---- docs/configuration.md

TEST(ConfigurationPage, shows_tables_that_are_sound_alone_or_added_to_the_first) {
  const Page page = read_page("configuration.md");
  const auto blocks = page.blocks_of("toml");
  ASSERT_GE(blocks.size(), 8U);
  for (const Block& block : blocks) {
    const bool whole = block.text.find("[desk]") != std::string::npos;
    EXPECT_EQ(listing(whole ? block.text : blocks[0].text + block.text), "")
        << "line " << block.line;
  }
}

TEST(ConfigurationPage, shows_errors_as_check_lists_them) {
  const Page page = read_page("configuration.md");
  const auto wrong = page.blocks_of("toml wrong");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(listing(page.blocks_of("toml").at(0).text + wrong[0].text), page.blocks.back().text);
}

template <class S>
config_keys::Table table_of(std::string_view name) {
  static const auto keys = schema::keys_of<S>();
  return {name, keys};
}

TEST(ConfigurationPage, lists_exactly_the_keys_that_each_table_takes) {
  const Page page = read_page("configuration.md");
  std::vector<config_keys::Table> tables(config_keys::tables.begin(), config_keys::tables.end());
  tables.push_back(table_of<LearningConfig>("[learning]"));
  tables.push_back(table_of<OptionsConfig>("[options]"));
  tables.push_back(table_of<JointTargetConfig>("[[joint_targets]]"));
  tables.push_back(table_of<ChannelConfig>("[[channels]]"));
  tables.push_back(table_of<ControlConfig>("[[controls]]"));
  tables.push_back(table_of<QuoteConfig>("[[quotes]]"));
  tables.push_back(table_of<HedgeConfig>("[[hedges]]"));
  tables.push_back(table_of<MarginConfig>("[[margins]]"));
  tables.push_back(table_of<RouteConfig>("[[routes]]"));
  tables.push_back(table_of<RailsConfig>("[rails]"));
  for (const config_keys::Table& table : tables) {
    const Part* const part = page.part(table.name);
    ASSERT_NE(part, nullptr) << table.name;
    Names keys;
    bool of_keys = false;  // a part may have other tables behind the one of its keys
    for (const auto& row : part->rows) {
      if (row[1] == "type")
        of_keys = row[0] == "key";
      else if (row[0].find('`') == std::string::npos && row[0].find("---") == std::string::npos)
        of_keys = false;
      if (!of_keys || row[0].find('`') == std::string::npos) continue;
      for (const std::string& key : names_in(row[0]))
        keys.insert(key);
    }
    EXPECT_EQ(keys, Names(table.keys.begin(), table.keys.end())) << table.name;
  }
  const Names quoted = page.quoted();
  for (const std::string_view key : config_keys::root) {
    const bool single = key == "desk" || key == "learning" || key == "options" || key == "rails" ||
                        key == "service" || key == "notifications";
    const std::string name(key);
    EXPECT_TRUE(quoted.contains(single ? "[" + name + "]" : "[[" + name + "]]")) << key;
  }
}

TEST(ConfigurationPage, names_every_value_that_can_be_chosen) {
  const Page page = read_page("configuration.md");
  const Names quoted = page.quoted();
  const auto all = [&](const auto& names) {
    for (const std::string_view name : names)
      EXPECT_TRUE(quoted.contains(name)) << name;
  };
  all(measure_names);
  all(instrument_kind_names);
  all(target_model_names);
  all(skew_model_names);
  all(mode_names);
  all(hedge_stop_names);
  all(glft_method_names);
  for (const TargetStageName& stage : target_stage_names)
    EXPECT_TRUE(quoted.contains(stage.model)) << stage.model;
  all(skew_model_names);
  all(mode_names);
  all(hedge_stop_names);
  all(glft_method_names);
  for (const TargetStageName& stage : target_stage_names)
    EXPECT_TRUE(quoted.contains(stage.model)) << stage.model;
  all(severity_names);
  for (const SinkKindInfo& kind : sink_kind_infos)
    EXPECT_TRUE(quoted.contains(kind.name)) << kind.name;
  all(comparison_names);
  for (const WindowInfo& window : window_infos)
    EXPECT_TRUE(quoted.contains(window.name)) << window.name;
}

// ---- docs/adherence.md

TEST(AdherencePage, replays_to_the_figures_that_it_explains) {
  const Page page = read_page("adherence.md");
  const auto json = page.blocks_of("json");
  ASSERT_EQ(json.size(), 2U);
  const Desk desk = desk_of(page.blocks_of("toml").at(0));
  Engine engine(desk);
  const auto events = events_of({json[0]}, desk);
  EXPECT_EQ(events.size(), 7U);
  for (const Event& event : events)
    engine.step(event);
  const std::string report = render_json(engine.report());
  Names printed;
  for (const std::string& line : lines_of(report))
    printed.insert(trimmed(line));
  for (const std::string& line : lines_of(json[1].text))
    EXPECT_TRUE(printed.contains(line)) << line << "\n" << report;
  EXPECT_TRUE(printed.contains("\"minimum_variance_index\": null,"));
}

TEST(AdherencePage, explains_every_figure_of_the_report_and_every_cause) {
  const Names quoted = read_page("adherence.md").quoted();
  const auto report = nlohmann::json::parse(render_json(sample::worked_example()));
  for (const auto& [key, value] : report["factors"][0].items()) {
    if (key == "factor" || key == "book" || key == "unit" || key == "unknown_reason" ||
        key == "excursion_list") {
      continue;  // names, and lists of what is explained
    }
    // The levels stand in the table of words, under their letters.
    const bool level =
        key == "actual" || key == "target" || key == "band" || key == "limit" || key == "deviation";
    EXPECT_TRUE(level || quoted.contains(key)) << key;
  }
  for (const std::string_view cause : cause_names)
    EXPECT_TRUE(quoted.contains(cause)) << cause;
}

// ---- docs/report.md

/// Every key of an object and of what it holds, but not the names in a map.
void collect_keys(const nlohmann::json& json, Names& keys) {
  static const Names maps{"weights",
                          "fees",
                          "funding",
                          "out_of_band_seconds_by_cause",
                          "burn_rates",
                          "bid_pulled_by_reason",
                          "ask_pulled_by_reason"};
  if (json.is_array()) {
    for (const auto& item : json)
      collect_keys(item, keys);
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      keys.insert(key);
      if (!maps.contains(key) || value.is_string()) collect_keys(value, keys);
    }
  }
}

TEST(ReportPage, names_every_key_of_the_json_and_every_column_of_the_csv) {
  Names printed;
  collect_keys(nlohmann::json::parse(render_json(sample::everything())), printed);
  collect_keys(nlohmann::json::parse(render_windows_json(sample::windows())), printed);
  ASSERT_GT(printed.size(), 80U);
  for (const std::string& csv :
       {render_csv(sample::worked_example()), render_windows_csv(sample::windows())}) {
    std::istringstream header(lines_of(csv).at(0));
    for (std::string column; std::getline(header, column, ',');)
      printed.insert(column);
  }
  const Names quoted = read_page("report.md").quoted();
  for (const std::string& name : printed)
    EXPECT_TRUE(quoted.contains(name)) << name;
}

// ---- links

/// As readers of Markdown make it from a heading: small letters, digits, hyphens for blanks.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    if (c == ' ') anchor += '-';
    if (c == '-' || c == '_') anchor += c;
    if (c >= 'A' && c <= 'Z') anchor += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) anchor += c;
  }
  return anchor;
}

TEST(Pages, link_to_pages_and_headings_that_exist) {
  for (const char* const name :
       {"adherence.md", "events.md", "configuration.md", "report.md", "alerts.md", "targets.md"}) {
    const Page page = read_page(name);
    for (std::size_t at = page.prose.find("]("); at != std::string::npos;
         at = page.prose.find("](", at + 1)) {
      const std::string link = page.prose.substr(at + 2, page.prose.find(')', at) - at - 2);
      if (link.starts_with("http")) continue;
      const std::size_t hash = std::min(link.find('#'), link.size());
      const Page target = hash == 0 ? page : read_page(link.substr(0, hash));
      if (hash == link.size()) continue;
      const bool found = std::any_of(
          target.parts.begin(), target.parts.end(),
          [&](const Part& part) { return anchor_of(part.heading) == link.substr(hash + 1); });
      EXPECT_TRUE(found) << name << " links to " << link;
    }
  }
}

}  // namespace
}  // namespace ballast
