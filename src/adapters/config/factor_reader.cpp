// The [[factors]] of the configuration.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"
#include "model/equal_asset.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 7> factor_kind_names{"delta", "cash", "notional", "channel",
                                                            "gamma", "vega", "theta"};
constexpr std::array<FactorKind, 3> greek_kinds{FactorKind::gamma, FactorKind::vega,
                                                FactorKind::theta};

/// Reads one factor; its name says what it is about.
class FactorReader {
 public:
  FactorReader(const TomlNode& node, const Desk& desk, Problems& problems)
      : section_(node, "factor", config_keys::factor, problems), desk_(desk) {}

  FactorConfig read() {
    factor_.name = read_name(section_, "factor", "", 200);
    factor_.book = read_book(section_);
    read_subject();
    factor_.target = read_target(section_);
    check_greek_target();
    read_levels();
    factor_.stages = read_stages(section_, desk_);
    read_age();
    read_delta_options();
    if (const auto weight = section_.number("weight")) {
      factor_.weight = weight->value;
      if (weight->value < 0.0) section_.error(weight->at, "weight must not be negative");
    }
    if (const auto delay = section_.duration("reaction_delay")) {
      factor_.reaction_delay = delay->value;
      if (delay->value.ns == 0)
        section_.error(delay->at, "reaction_delay must be longer than zero");
    }
    return std::move(factor_);
  }

 private:
  TextPosition name_at() const {
    const TomlNode* const name = section_.node("name");
    return name == nullptr ? section_.at() : name->at;
  }

  void unknown(std::string_view kind, std::string_view name, const std::string& near) {
    section_.error(name_at(), fmt::format("\"{}\" is no {} of this desk{}", name, kind, near));
  }

  void read_subject() {
    if (factor_.name.empty()) return;
    const std::string_view name = factor_.name;
    const std::size_t colon = name.find(':');
    const std::string_view kind = name.substr(0, colon);
    const std::string_view subject = colon == std::string_view::npos ? "" : name.substr(colon + 1);
    if (kind == "delta" && !subject.empty()) return read_delta(subject);
    if (kind == "cash" && !subject.empty()) return read_cash(subject);
    if (kind == "notional" && !subject.empty()) return read_notional(subject);
    if (kind == "channel" && !subject.empty()) return read_channel(subject);
    for (const FactorKind greek : greek_kinds) {
      if (kind == factor_kind_names[static_cast<std::size_t>(greek)] && !subject.empty())
        return read_greek(greek, subject);
    }
    Suggestion near(kind);
    for (const auto known : factor_kind_names)
      near.consider(known);
    section_.error(
        name_at(),
        "a factor is named delta:ASSET, cash:ASSET@VENUE, notional:INSTRUMENT, channel:NAME, "
        "gamma:ASSET, vega:ASSET or theta:ASSET" +
            (kind == near.best() ? "" : near.text()));
  }

  void read_delta(std::string_view subject) {
    factor_.kind = FactorKind::delta;
    factor_.asset = desk_.find_asset(subject);
    factor_.unit = factor_.asset;
    if (!factor_.asset.valid()) return unknown("asset", subject, nearest(subject, desk_.assets));
    bool any = false;
    for (const Instrument& instrument : desk_.instruments) {
      const bool quoted = instrument.spot() && instrument.quote == factor_.asset;
      if (instrument.base != factor_.asset && !quoted) continue;
      any = true;
      if (instrument.kind == InstrumentKind::pool) refuse_kind(instrument);
    }
    check_option_quotes();
    if (!any) {
      section_.warning(name_at(),
                       fmt::format("no instrument trades {}, so only balances count", subject));
    }
  }

  void read_cash(std::string_view subject) {
    factor_.kind = FactorKind::cash;
    const std::size_t mark = subject.find('@');
    const std::string_view asset = subject.substr(0, mark);
    factor_.asset = desk_.find_asset(asset);
    factor_.unit = factor_.asset;
    if (!factor_.asset.valid()) unknown("asset", asset, nearest(asset, desk_.assets));
    if (mark == std::string_view::npos) {
      return section_.error(name_at(), "a cash factor names its venue: cash:ASSET@VENUE");
    }
    std::string_view venue = subject.substr(mark + 1);
    const std::size_t slash = venue.find('/');
    const std::string_view account =
        slash == std::string_view::npos ? std::string_view{} : venue.substr(slash + 1);
    venue = venue.substr(0, slash);
    factor_.venue = desk_.find_venue(venue);
    if (!factor_.venue.valid()) return unknown("venue", venue, nearest(venue, desk_.venues));
    if (factor_.book != "*") {
      section_.error(section_.node("book")->at,
                     "cash belongs to an account, not to a book; leave book out");
    }
    if (slash != std::string_view::npos) read_account(account);
  }

  void read_account(std::string_view account) {
    const Venue& venue = desk_.venue(factor_.venue);
    const auto name = AccountName::create(account);
    const auto& known = venue.accounts;
    if (account.empty() || !name) {
      section_.error(name_at(), fmt::format("an account has 1 to {} bytes", AccountName::capacity));
    } else if (!venue.any_account() &&
               std::find(known.begin(), known.end(), account) == known.end()) {
      Suggestion near(account);
      for (const std::string& one : known)
        near.consider(one);
      section_.error(name_at(),
                     fmt::format("\"{}\" is no account of {}{}", account, venue.name, near.text()));
    }
    factor_.account = name.value_or(AccountName{});
  }

  void read_notional(std::string_view subject) {
    factor_.kind = FactorKind::notional;
    factor_.instrument = desk_.find_instrument(subject);
    if (!factor_.instrument.valid()) {
      return unknown("instrument", subject, nearest(subject, desk_.instruments));
    }
    const Instrument& instrument = desk_.instrument(factor_.instrument);
    factor_.unit = instrument.quote;
    if (instrument.option() || instrument.kind == InstrumentKind::pool) refuse_kind(instrument);
  }

  void read_greek(FactorKind kind, std::string_view subject) {
    factor_.kind = kind;
    const std::size_t mark = subject.find('@');
    const std::string_view asset = subject.substr(0, mark);
    factor_.asset = factor_.unit = desk_.find_asset(asset);
    if (!factor_.asset.valid()) return unknown("asset", asset, nearest(asset, desk_.assets));
    if (mark != std::string_view::npos) read_bucket(subject.substr(mark + 1));
    const auto option = std::find_if(
        desk_.instruments.begin(), desk_.instruments.end(), [&](const Instrument& instrument) {
          return instrument.option() && instrument.base == factor_.asset;
        });
    if (option == desk_.instruments.end()) {
      section_.warning(name_at(),
                       fmt::format("no option on {} is configured, so it stays zero", asset));
    } else if (kind != FactorKind::gamma) {
      factor_.unit = option->quote;
    }
    check_option_quotes();
  }

  void check_greek_target() {
    if (greek(factor_.kind) && std::holds_alternative<ShareTarget>(factor_.target)) {
      section_.error(section_.node("target")->at,
                     "the target is a share of the net asset value, which no greek is stated in");
    }
  }

  /// "7d..30d", "30d..", "..7d": of the time that is left until expiry.
  void read_bucket(std::string_view text) {
    const std::size_t dots = text.find("..");
    const auto bound = [&](std::string_view part, std::optional<Duration>& out) {
      if (part.empty()) return true;
      const auto duration = parse_duration(part);
      if (duration) out = *duration;
      return duration.has_value();
    };
    const bool read = dots != std::string_view::npos && text.size() > 2 &&
                      bound(text.substr(0, dots), factor_.bucket.from) &&
                      bound(text.substr(dots + 2), factor_.bucket.to);
    const bool empty = read && factor_.bucket.from && factor_.bucket.to &&
                       *factor_.bucket.from >= *factor_.bucket.to;
    if (read && !empty) return;
    section_.error(name_at(), fmt::format("\"{}\" is no span of times to expiry; write such as "
                                          "vega:BTC@7d..30d, vega:BTC@30d.. or vega:BTC@..7d",
                                          text));
  }

  /// Greeks in money add up in one currency only.
  void check_option_quotes() {
    AssetId quote;
    for (const Instrument& instrument : desk_.instruments) {
      if (!instrument.option() || instrument.base != factor_.asset) continue;
      if (quote.valid() && equal_asset(desk_, instrument.quote) != equal_asset(desk_, quote)) {
        section_.error(
            name_at(),
            fmt::format("counts the option \"{}\" in {} and others in {}; options on one "
                        "asset share one quote or equal ones",
                        instrument.name, asset_name(instrument.quote), asset_name(quote)));
        return;
      }
      quote = instrument.quote;
    }
  }

  std::string_view asset_name(AssetId id) const {
    return id.valid() ? std::string_view(desk_.asset(id).name) : "an unknown asset";
  }

  void read_channel(std::string_view subject) {
    factor_.kind = FactorKind::channel;
    factor_.channel = desk_.find_channel(subject);
    if (!factor_.channel.valid())
      return unknown("channel", subject, nearest(subject, desk_.channels));
    factor_.asset = factor_.unit = desk_.channels[factor_.channel.index()].asset;
    if (factor_.book != "*") {
      section_.error(section_.node("book")->at,
                     "a channel belongs to an account, not to a book; leave book out");
    }
  }

  void refuse_kind(const Instrument& instrument) {
    section_.error(name_at(),
                   fmt::format("counts the instrument \"{}\", but factors on {} instruments are "
                               "not supported by this version",
                               instrument.name, to_string(instrument.kind)));
  }

  void read_levels() {
    if (!section_.has("band")) {
      section_.warning(section_.at(), "has no band, so any deviation at all is out of band");
    }
    if (!section_.has("limit")) {
      section_.warning(section_.at(), "has no limit, so its band is the limit too");
    }
    const auto band = read_range(section_, "band");
    if (band) {
      factor_.band = band->value;
      if (factor_.band.lower.sign() > 0 || factor_.band.upper.sign() < 0) {
        section_.error(band->at, "the band holds offsets from the target, so lower <= 0 <= upper");
      }
    }
    const auto limit = read_range(section_, "limit");
    if (!limit) return;
    factor_.limit = limit->value;
    const auto* const fixed = std::get_if<StaticTarget>(&factor_.target);
    if (fixed == nullptr && !std::holds_alternative<NeutralTarget>(factor_.target)) return;
    const Decimal target = fixed == nullptr ? Decimal{} : fixed->value;
    const auto lower = checked_add(target, factor_.band.lower);
    const auto upper = checked_add(target, factor_.band.upper);
    if (!lower || !upper || *lower < factor_.limit->lower || *upper > factor_.limit->upper) {
      section_.warning(limit->at, "the band around the target reaches past the limit");
    }
  }

  void read_age() {
    const auto age = section_.text("max_age");
    if (!section_.has("max_age") || (age && age->value == "none")) {
      return section_.warning(age ? age->at : section_.at(),
                              "max_age is none, so old marks and statements never make it unknown");
    }
    if (!age) return;
    const auto duration = parse_duration(age->value);
    if (!duration || duration->ns == 0) {
      return section_.reject(age->at, "max_age", age->value,
                             R"(is neither a duration such as "60s" nor "none")");
    }
    factor_.max_age = *duration;
  }

  void read_delta_options() {
    const bool delta = factor_.kind == FactorKind::delta;
    for (const std::string_view key : {"convention", "price"}) {
      if (!delta && section_.has(key)) {
        section_.error(section_.node(key)->at, fmt::format("only a delta factor has a {}", key));
      }
    }
    if (const auto convention = section_.choice("convention", delta_convention_names)) {
      factor_.convention = static_cast<DeltaConvention>(convention->value);
    }
    const auto price = section_.text("price");
    if (!price || !delta) return;
    factor_.instrument = desk_.find_instrument(price->value);
    if (!factor_.instrument.valid()) {
      section_.reject(price->at, "price", price->value,
                      "is no instrument of this desk" + nearest(price->value, desk_.instruments));
    } else if (desk_.instrument(factor_.instrument).base != factor_.asset) {
      section_.reject(price->at, "price", price->value, "does not price the factor's asset");
    }
  }

  Section section_;
  const Desk& desk_;
  FactorConfig factor_;
};

}  // namespace

std::optional<Placed<Range>> read_range(const Section& section, std::string_view key) {
  const TomlNode* const node = section.node(key, TomlNode::Kind::table);
  if (node == nullptr) return std::nullopt;
  // The stage that reads the rest of such a band judges its other keys.
  std::vector<std::string_view> keys(config_keys::range.begin(), config_keys::range.end());
  if (key == "band") keys.push_back("model");
  if (key == "band" && has_band_stage(*node)) {
    for (const TomlMember& member : node->members)
      keys.push_back(member.key);
  }
  const Section range(*node, fmt::format("{}, {}", section.title(), key), keys, section.problems());
  range.require("lower", "\"-2\"");
  range.require("upper", "\"2\"");
  const auto lower = range.decimal("lower");
  const auto upper = range.decimal("upper");
  if (!lower || !upper) return std::nullopt;
  if (lower->value > upper->value) {
    range.error(lower->at, "lower is above upper; swap them");
    return std::nullopt;
  }
  return Placed<Range>{{lower->value, upper->value}, node->at};
}

std::string read_book(const Section& section) {
  const auto book = section.text("book");
  if (!book) return "*";
  if (book->value.empty() || book->value.size() > BookName::capacity) {
    section.error(book->at, fmt::format("book must have 1 to {} bytes; \"*\" is the whole desk",
                                        BookName::capacity));
  }
  return book->value;
}

void read_factors(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "factors", problems)) {
    FactorConfig factor = FactorReader(node, desk, problems).read();
    if (!factor.name.empty() && desk.find_factor(factor.name, factor.book).valid()) {
      problems.error(node.at,
                     fmt::format("factor \"{}\": stands above already for the book \"{}\"; "
                                 "rename or remove one",
                                 factor.name, factor.book));
    }
    desk.factors.push_back(std::move(factor));
  }
}

}  // namespace ballast
