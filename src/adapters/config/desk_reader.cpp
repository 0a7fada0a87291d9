#include "adapters/config/desk_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/config/alert_config.hpp"
#include "adapters/config/schema_reader.hpp"
#include "model/event.hpp"

namespace ballast {
namespace {

/// The id of the name that `key` gives; an invalid one when it is absent, or unknown and reported.
template <class Id, class Items>
Id reference(const Section& section,
             std::string_view key,
             std::string_view kind,
             const Items& items) {
  const auto name = section.text(key);
  if (!name) return Id{};
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].name == name->value) return Id{i};
  }
  section.reject(name->at, key, name->value,
                 fmt::format("is no {} of this desk{}", kind, nearest(name->value, items)));
  return Id{};
}

bool derivative(InstrumentKind kind) {
  return kind != InstrumentKind::spot && kind != InstrumentKind::pool;
}
bool option(InstrumentKind kind) {
  return kind == InstrumentKind::option_linear || kind == InstrumentKind::option_inverse;
}
bool future(InstrumentKind kind) {
  return kind == InstrumentKind::linear_future || kind == InstrumentKind::inverse_future;
}

/// The coin: `base`, or `underlying` for a derivative.
AssetId read_base(const Section& section, InstrumentKind kind, const Desk& desk) {
  const auto base = reference<AssetId>(section, "base", "asset", desk.assets);
  const auto underlying = reference<AssetId>(section, "underlying", "asset", desk.assets);
  if (!section.has("base") && !section.has("underlying")) section.require("base", "\"BTC\"");
  const TomlNode* const node = section.node("underlying");
  if (node == nullptr) return base;
  if (!derivative(kind)) section.error(node->at, "only a derivative has an underlying; write base");
  if (base.valid() && underlying.valid() && base != underlying) {
    section.error(node->at, "base and underlying differ; they mean the same coin, so give one");
  }
  return underlying.valid() ? underlying : base;
}

void read_contract_size(const Section& section, Instrument& instrument) {
  const auto size = section.decimal("contract_size");
  if (!size) {
    if (instrument.inverse() && !section.has("contract_size")) {
      section.error(section.at(),
                    "an inverse instrument needs contract_size, in quote currency per contract, "
                    "such as contract_size = \"100\"");
    }
    return;
  }
  if (size->value.sign() <= 0) {
    section.error(size->at, "contract_size must be greater than zero");
  } else if (!derivative(instrument.kind) && size->value != Decimal::whole(1)) {
    section.error(size->at, "contract_size of spot is 1: its quantities are in the base asset");
  } else {
    instrument.contract_size = decimal_cast<Quantity>(size->value);
  }
}

/// Says of the keys that only some kinds of instrument have where another one has them.
void refuse_keys_of_others(const Section& section, InstrumentKind kind) {
  const auto only_for = [&](std::string_view key, bool has_it, std::string_view who) {
    if (!has_it && section.has(key)) {
      section.error(section.node(key)->at, fmt::format("{} belongs to {} only", key, who));
    }
  };
  only_for("expiry", option(kind) || future(kind), "futures and options");
  for (const std::string_view key : {"strike", "right", "fee_cap"})
    only_for(key, option(kind), "options");
}

void read_expiry(const Section& section, Instrument& instrument) {
  if (const auto expiry = section.time("expiry")) instrument.expiry = expiry->value;
  if (const auto strike = section.decimal("strike")) {
    if (strike->value.sign() <= 0) section.error(strike->at, "strike must be greater than zero");
    instrument.strike = decimal_cast<Price>(strike->value);
  }
  constexpr std::array<std::string_view, 2> rights{"call", "put"};
  if (const auto right = section.choice("right", rights)) {
    instrument.right = static_cast<OptionRight>(right->value);
  }
  if (option(instrument.kind)) {
    section.require("expiry", "\"2026-06-26T08:00:00Z\"");
    section.require("strike", "\"60000\"");
    section.require("right", "\"call\"");
  }
  if (future(instrument.kind) && !section.has("expiry")) {
    section.warning(section.at(), "a future without expiry never settles");
  }
}

void read_desk_table(const TomlNode& root, Desk& desk, Problems& problems) {
  const TomlMember* const member = root.find("desk");
  if (member == nullptr || member->value.kind != TomlNode::Kind::table) {
    problems.error(member == nullptr ? root.at : member->at,
                   "the configuration needs a table [desk] with name and currency");
    return;
  }
  Section section(member->value, "desk", config_keys::desk, problems);
  desk.name = read_name(section, "desk", "");
  section.require("currency", "\"USDT\"");
  desk.currency = reference<AssetId>(section, "currency", "asset", desk.assets);
  const auto span = [&](std::string_view key, Duration& out, bool zero_allowed) {
    const auto duration = section.duration(key);
    if (!duration) return;
    if (duration->value.ns == 0 && !zero_allowed) {
      section.error(duration->at, fmt::format("{} must be longer than zero", key));
    } else {
      out = duration->value;
    }
  };
  span("grid", desk.grid, false);
  span("retarget", desk.retarget, false);
  span("transfer_overdue", desk.transfer_overdue, false);
  span("break_grace", desk.break_grace, true);
  if (const auto count = section.count("notifications_per_minute")) {
    desk.notifications_per_minute = count->value;
    if (count->value == 0) {
      section.warning(count->at, "notifications_per_minute = 0 holds every notification back");
    }
  }
}

struct Reading {
  Desk desk;
  ServiceConfig service;
  AlertSettings alerts;
  std::vector<Problem> problems;
};

Reading read(std::string_view text, std::string_view file) {
  Reading reading;
  Problems problems(file);
  const auto root = parse_toml(text);
  if (!root) {
    problems.error(root.error().at, "this is not TOML: " + root.error().what);
    reading.problems = problems.take();
    return reading;
  }
  const Section section(*root, "desk configuration", config_keys::root, problems);
  read_assets(*root, reading.desk, problems);
  read_desk_table(*root, reading.desk, problems);
  read_venues(*root, reading.desk, problems);
  read_instruments(*root, reading.desk, problems);
  read_channels(*root, reading.desk, problems);
  read_joint_target_names(*root, reading.desk, problems);
  read_factors(*root, reading.desk, problems);
  read_joint_targets(*root, reading.desk, problems);
  read_rules(*root, reading.desk, problems);
  read_objectives(*root, reading.desk, problems);
  read_controls(*root, reading.desk, problems);
  check_controls(*root, reading.desk, problems);
  read_service(*root, reading.service, problems);
  read_alert_settings(*root, reading.alerts, problems);
  reading.problems = problems.take();
  return reading;
}

}  // namespace

const std::vector<TomlNode>& tables(const TomlNode& root,
                                    std::string_view key,
                                    Problems& problems) {
  static const std::vector<TomlNode> none;
  const TomlMember* const member = root.find(key);
  if (member == nullptr) return none;
  const auto is_table = [](const TomlNode& n) { return n.kind == TomlNode::Kind::table; };
  const auto& items = member->value.items;
  if (member->value.kind == TomlNode::Kind::array &&
      std::all_of(items.begin(), items.end(), is_table)) {
    return items;
  }
  problems.error(member->at, fmt::format("{} must be tables; write [[{}]] above each", key, key));
  return none;
}

std::string read_name(const Section& section,
                      std::string_view kind,
                      std::string_view reserved,
                      std::size_t longest) {
  section.require("name", fmt::format("\"my-{}\"", kind));
  const auto name = section.text("name");
  if (!name) return {};
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (name->value.empty()) {
    section.error(name->at, "the name is empty");
  } else if (name->value.size() > longest) {
    section.error(name->at, fmt::format("the name is longer than {} bytes", longest));
  } else if (std::any_of(name->value.begin(), name->value.end(), control)) {
    section.error(name->at, "the name holds a control character");
  } else if (const auto at = name->value.find_first_of(reserved); at != std::string::npos) {
    section.error(name->at, fmt::format("the name holds '{}', which separates names in factors and "
                                        "transfers",
                                        name->value[at]));
  }
  return name->value;
}

void read_assets(const TomlNode& root, Desk& desk, Problems& problems) {
  struct Pending {
    Section section;
    std::size_t index;
  };
  std::vector<Pending> sections;
  for (const TomlNode& node : tables(root, "assets", problems)) {
    Section section(node, "asset", config_keys::asset, problems);
    Asset asset{read_name(section, "asset", "@/:"), AssetId{}};
    refuse_second(section, asset.name, desk.assets);
    desk.assets.push_back(std::move(asset));
    sections.push_back({section, desk.assets.size() - 1});
  }
  if (desk.assets.empty()) problems.error(root.at, "the desk has no [[assets]]");
  for (const auto& [section, index] : sections) {  // any asset may be named before it stands
    desk.assets[index].equals = reference<AssetId>(section, "equals", "asset", desk.assets);
  }
  for (const auto& [section, index] : sections) {
    AssetId at = desk.assets[index].equals;
    for (std::size_t steps = 0; at.valid() && steps < desk.assets.size(); ++steps) {
      if (at.index() == index) {
        section.error(section.node("equals")->at, "equals leads back to the asset itself");
        break;
      }
      at = desk.assets[at.index()].equals;
    }
  }
}

void read_venues(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "venues", problems)) {
    Section section(node, "venue", config_keys::venue, problems);
    Venue venue{read_name(section, "venue", "@/:"), {}};
    refuse_second(section, venue.name, desk.venues);
    section.require("accounts", R"(["main"], or ["*"] to take any)");
    if (const TomlNode* const accounts = section.node("accounts", TomlNode::Kind::array)) {
      if (accounts->items.empty()) section.error(accounts->at, "accounts is empty");
      for (const TomlNode& item : accounts->items) {
        const auto& known = venue.accounts;
        if (item.kind != TomlNode::Kind::string || item.text.empty() ||
            item.text.size() > AccountName::capacity) {
          section.error(item.at, fmt::format("an account is a string of 1 to {} bytes",
                                             AccountName::capacity));
        } else if (std::find(known.begin(), known.end(), item.text) != known.end()) {
          section.error(item.at, fmt::format("the account \"{}\" stands here twice", item.text));
        } else if (item.text == "*" && accounts->items.size() > 1) {
          section.error(item.at, "\"*\" takes any account, so it must stand alone");
        }
        venue.accounts.push_back(item.text);
      }
    }
    desk.venues.push_back(std::move(venue));
  }
}

void read_instruments(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "instruments", problems)) {
    Section section(node, "instrument", config_keys::instrument, problems);
    Instrument instrument;
    instrument.name = read_name(section, "instrument", "", 95);
    refuse_second(section, instrument.name, desk.instruments);
    section.require("kind", "\"spot\"");
    section.require("venue", "\"binance\"");
    section.require("quote", "\"USDT\"");
    const auto kind = section.choice("kind", instrument_kind_names);
    if (kind) instrument.kind = static_cast<InstrumentKind>(kind->value);
    instrument.venue = reference<VenueId>(section, "venue", "venue", desk.venues);
    instrument.base = read_base(section, instrument.kind, desk);
    instrument.quote = reference<AssetId>(section, "quote", "asset", desk.assets);
    if (instrument.base.valid() && instrument.base == instrument.quote) {
      section.error(section.at(), "base and quote are the same asset");
    }
    if (kind) {  // without it, what the rest should be is not known
      refuse_keys_of_others(section, instrument.kind);
      read_contract_size(section, instrument);
      read_expiry(section, instrument);
      schema::FieldReader terms(section, desk);
      schema::fields(terms, instrument.terms);
    }
    desk.instruments.push_back(std::move(instrument));
  }
}

// ---- the public way in

std::string to_string(const Problem& problem) {
  return fmt::format("{}:{}:{}: {}: {}", problem.file, problem.line, problem.column,
                     problem.kind == Problem::Kind::error ? "error" : "warning", problem.what);
}

std::vector<Problem> check_desk(std::string_view text, std::string_view file) {
  return read(text, file).problems;
}

namespace {

Result<Reading> read_sound(std::string_view text, std::string_view file) {
  Reading reading = read(text, file);
  std::string errors;
  for (const Problem& problem : reading.problems) {
    if (problem.kind == Problem::Kind::error)
      errors += (errors.empty() ? "" : "\n") + to_string(problem);
  }
  if (!errors.empty()) return fail(Errc::bad_input, std::move(errors));
  return reading;
}

}  // namespace

Result<Desk> load_desk(std::string_view text, std::string_view file) {
  BALLAST_TRY(reading, read_sound(text, file));
  return std::move(reading.desk);
}

Result<ServiceConfig> load_service(std::string_view text, std::string_view file) {
  BALLAST_TRY(reading, read_sound(text, file));
  return std::move(reading.service);
}

Result<AlertSettings> load_alert_settings(std::string_view text, std::string_view file) {
  BALLAST_TRY(reading, read_sound(text, file));
  return std::move(reading.alerts);
}

void read_span(const Section& section, std::string_view key, Duration& out, bool zero_allowed) {
  const auto span = section.duration(key);
  if (!span) return;
  if (span->value.ns == 0 && !zero_allowed) {
    section.error(span->at, fmt::format("{} must be longer than zero", key));
  } else {
    out = span->value;
  }
}

}  // namespace ballast
