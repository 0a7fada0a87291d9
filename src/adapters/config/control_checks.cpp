// What the tables of learning and control say together: partners that are missing, limits that
// contradict each other, and what could never work, as far as the configuration decides it.
#include <algorithm>
#include <cmath>

#include "adapters/config/desk_reader.hpp"

namespace ballast {
namespace {

/// Equal weights that forgetting with a half-life of one interval leaves: 2 / ln 2.
constexpr double weights_of_a_half_life = 2.885;

class ControlChecks {
 public:
  ControlChecks(const TomlNode& root, const Desk& desk, Problems& problems)
      : root_(root), desk_(desk), problems_(problems) {}

  void run() {
    learning();
    options();
    carry();
    bands();
    joint_targets();
    for (std::size_t i = 0; i < desk_.controls.size(); ++i)
      control(i);
    for (std::size_t i = 0; i < desk_.quotes.size(); ++i)
      quote(i);
    for (std::size_t i = 0; i < desk_.hedges.size(); ++i)
      hedge(i);
    for (std::size_t i = 0; i < desk_.routes.size(); ++i)
      route(i);
    rails();
  }

 private:
  const TomlNode& node(std::string_view table, std::size_t i) const {
    return root_.find(table)->value.items[i];
  }
  /// Where a key stands; the table where it does not.
  static TextPosition at(const TomlNode& table, std::string_view key) {
    const TomlMember* const member = table.find(key);
    return member == nullptr ? table.at : member->value.at;
  }
  TextPosition at_table(std::string_view table) const {
    const TomlMember* const member = root_.find(table);
    return member == nullptr ? root_.at : member->at;
  }
  std::string title(FactorId id) const {
    const FactorConfig& factor = desk_.factor(id);
    return factor.whole_desk() ? factor.name : factor.name + " of " + factor.book;
  }

  void learning() {
    const auto checked = check(desk_.learning);
    if (!checked) problems_.error(at_table("learning"), "learning: " + checked.error().what);
  }

  void options() {
    if (desk_.options.explain_every >= Duration::minutes(1)) return;
    problems_.error(at_table("options"),
                    fmt::format("options: explain_every is {}: a step is a minute or longer",
                                to_string(desk_.options.explain_every)));
  }

  /// What a carry tilt expects of funding is learnt from the rates of its instrument.
  void carry() {
    for (std::size_t f = 0; f < desk_.factors.size(); ++f) {
      for (const TargetStage& stage : desk_.factors[f].stages) {
        const auto* const tilt = std::get_if<CarryTilt>(&stage);
        if (tilt == nullptr || !tilt->instrument.valid()) continue;
        const Instrument& instrument = desk_.instrument(tilt->instrument);
        const TextPosition place = at(node("factors", f), "tilts");
        const bool pays = instrument.kind == InstrumentKind::linear_perpetual ||
                          instrument.kind == InstrumentKind::inverse_perpetual;
        if (!pays) {
          problems_.warning(place, fmt::format("factor \"{}\", tilts: carry of {}, which is no "
                                               "perpetual and pays no funding, so that the tilt is "
                                               "always its safe value; name a perpetual",
                                               title(FactorId{f}), instrument.name));
        }
        const double most =
            weights_of_a_half_life * desk_.learning.funding_half_life.to_seconds() / (8.0 * 3600.0);
        if (pays && most < desk_.learning.min_observations) {
          problems_.warning(
              at_table("learning"),
              fmt::format(
                  "learning: funding_half_life is {}, which holds at most {:.0f} rates of 8 "
                  "hours, fewer than min_observations of {}: the carry tilt of \"{}\" never "
                  "knows its funding; raise it",
                  to_string(desk_.learning.funding_half_life), std::floor(most),
                  desk_.learning.min_observations, title(FactorId{f})));
        }
      }
    }
  }

  /// What a target rests on is the cost of a coin: an option's spread and fee are none.
  void refuse_option(TextPosition place, const std::string& who, InstrumentId instrument) {
    if (!instrument.valid() || !desk_.instrument(instrument).option()) return;
    problems_.error(place, fmt::format("{}: {} is an option, whose costs and prices are not those "
                                       "of its coin; name a spot, perpetual or future",
                                       who, desk_.instrument(instrument).name));
  }

  void bands() {
    for (std::size_t f = 0; f < desk_.factors.size(); ++f) {
      for (const TargetStage& stage : desk_.factors[f].stages) {
        const auto* const no_trade = std::get_if<NoTradeBandStage>(&stage);
        const auto* const options = std::get_if<WhalleyWilmottBand>(&stage);
        if (no_trade == nullptr && options == nullptr) continue;
        refuse_option(at(node("factors", f), "band"),
                      fmt::format("factor \"{}\", band", title(FactorId{f})),
                      no_trade != nullptr ? no_trade->instrument : options->instrument);
      }
    }
  }

  void joint_targets() {
    for (std::size_t i = 0; i < desk_.joint_targets.size(); ++i) {
      const JointTargetConfig& joint = desk_.joint_targets[i];
      const TomlNode& place = node("joint_targets", i);
      for (std::size_t j = 0; j < i; ++j) {
        if (desk_.joint_targets[j].name != joint.name) continue;
        problems_.error(place.at, fmt::format("joint target \"{}\": has the name of another one "
                                              "above; rename or remove one",
                                              joint.name));
        break;
      }
      for (std::size_t m = 0; m < joint.members.size(); ++m) {
        refuse_option(at(place, "members"), fmt::format("joint target \"{}\"", joint.name),
                      joint.members[m].instrument);
        const FactorId id = joint.members[m].factor;
        const auto same = [&](const JointMember& other) { return other.factor == id; };
        if (!id.valid()) continue;
        if (std::count_if(joint.members.begin(),
                          joint.members.begin() + static_cast<std::ptrdiff_t>(m), same) > 0) {
          problems_.error(at(place, "members"),
                          fmt::format("joint target \"{}\": the factor \"{}\" is a member twice; "
                                      "keep one",
                                      joint.name, title(id)));
        }
      }
    }
  }

  /// Whether trading the instrument for the book can move the factor.
  bool moves(FactorId id, InstrumentId instrument, const Place& place, const BookName& book) const {
    const FactorConfig& factor = desk_.factor(id);
    const Instrument& traded = desk_.instrument(instrument);
    if (!factor.whole_desk() && factor.book != book.view()) return false;
    const bool in_spot = traded.spot() && traded.quote == factor.asset;
    const bool premium = traded.option() && traded.settlement() == factor.asset;
    switch (factor.kind) {
      case FactorKind::delta:
        return traded.base == factor.asset || in_spot;
      case FactorKind::notional:
        return factor.instrument == instrument;
      case FactorKind::cash:
        return factor.venue == place.venue &&
               (factor.account.empty() || factor.account == place.account) &&
               ((traded.spot() && traded.base == factor.asset) || in_spot || premium);
      case FactorKind::channel:
        return false;
      case FactorKind::gamma:
      case FactorKind::vega:
      case FactorKind::theta:
        return traded.option() && traded.base == factor.asset;
    }
    return false;
  }

  bool hedgeable(FactorId id) const {
    return std::any_of(desk_.hedges.begin(), desk_.hedges.end(), [&](const HedgeConfig& hedge) {
      return hedge.instrument.valid() && moves(id, hedge.instrument, hedge.place, hedge.book);
    });
  }
  bool leans(FactorId id) const {
    return std::any_of(desk_.quotes.begin(), desk_.quotes.end(),
                       [&](const QuoteConfig& quote) { return quote.factor == id; });
  }
  bool movable(FactorId id, Duration within) const {
    const FactorConfig& factor = desk_.factor(id);
    return std::any_of(desk_.routes.begin(), desk_.routes.end(), [&](const RouteConfig& route) {
      return route.asset == factor.asset && route.delay <= within;
    });
  }

  void control(std::size_t i) {
    const ControlConfig& config = desk_.controls[i];
    if (!config.factor.valid()) return;
    const TomlNode& place = node("controls", i);
    // To advise, which is the default, promises nothing.
    const auto idle = [&](std::string_view key, Mode mode, bool possible, std::string_view why) {
      if (possible || mode == Mode::off || mode == Mode::advise) return;
      problems_.warning(at(place, key),
                        fmt::format("control \"{}\": {} is \"{}\", but {}", title(config.factor),
                                    key, to_string(mode), why));
    };
    idle("skew", config.skew, leans(config.factor),
         "no [[quotes]] lean against it; add one with this factor, or write \"off\"");
    idle("hedge", config.hedge, hedgeable(config.factor),
         "no [[hedges]] move it; add one in an instrument of it, or write \"off\"");
    const FactorKind kind = desk_.factor(config.factor).kind;
    if (config.unit_risk > 0.0 && !greek(kind)) {
      problems_.warning(at(place, "unit_risk"),
                        fmt::format("control \"{}\": unit_risk is of gamma, vega and theta; the "
                                    "risk of this factor is learnt, and unit_risk not looked at",
                                    title(config.factor)));
    }
    const bool cash = kind == FactorKind::cash || kind == FactorKind::channel;
    idle("transfer", config.transfer, cash && movable(config.factor, config.recover_within),
         cash ? "no [[routes]] carry its asset within recover_within; add one, or write \"off\""
              : "a transfer moves only cash and channels; write \"off\"");
  }

  void untradable(const TomlNode& place, std::string_view table, InstrumentId id) {
    const Instrument& traded = desk_.instrument(id);
    if (traded.kind != InstrumentKind::pool) return;
    problems_.error(at(place, "instrument"),
                    fmt::format("{}: {} is of the kind {}, which control does not "
                                "trade; name a spot, perpetual, future or option",
                                table, traded.name, to_string(traded.kind)));
  }

  void quote(std::size_t i) {
    const QuoteConfig& config = desk_.quotes[i];
    const TomlNode& place = node("quotes", i);
    if (!config.instrument.valid() || !config.factor.valid()) return;
    untradable(place, "quote", config.instrument);
    const Instrument& traded = desk_.instrument(config.instrument);
    const FactorConfig& factor = desk_.factor(config.factor);
    if (!traded.base.valid()) return;
    const bool against = factor.kind == FactorKind::delta && traded.base != factor.asset;
    if (traded.option() && std::holds_alternative<MultiAssetSkew>(config.model)) {
      problems_.error(at(place, "skew"),
                      fmt::format("quote in {}: multi_asset rests on returns of what is quoted, "
                                  "and an option has none that last; name another model",
                                  traded.name));
    }
    if (against || !moves(config.factor, config.instrument, config.place, config.book)) {
      problems_.warning(
          at(place, "factor"),
          fmt::format("quote in {}: a fill in the book \"{}\" does not add to \"{}\", "
                      "so both sides are always pulled; name a factor on {}",
                      traded.name, config.book.view(), title(config.factor),
                      desk_.asset(traded.base).name));
    }
    if (const auto* const vega = std::get_if<OptionVegaSkew>(&config.model)) {
      option_vega(i, *vega);
      return;
    }
    const auto* const several = std::get_if<MultiAssetSkew>(&config.model);
    if (several == nullptr) return;
    for (std::size_t j = 0; j < i; ++j) {
      const auto* const other = std::get_if<MultiAssetSkew>(&desk_.quotes[j].model);
      if (other == nullptr || other->gamma == several->gamma) continue;
      problems_.error(at(place, "skew"),
                      fmt::format("quote in {}: gamma of multi_asset is {}, but {} above; all of "
                                  "its quotes share one",
                                  traded.name, several->gamma, other->gamma));
      return;
    }
  }

  /// The book's vega is one number, and so is what its risk costs.
  void option_vega(std::size_t i, const OptionVegaSkew& model) {
    const QuoteConfig& config = desk_.quotes[i];
    const TomlNode& place = node("quotes", i);
    const Instrument& traded = desk_.instrument(config.instrument);
    if (!traded.option() || desk_.factor(config.factor).kind != FactorKind::vega) {
      problems_.error(
          at(place, "skew"),
          fmt::format("quote in {}: option_vega quotes an option against a vega factor; "
                      "name both, or another model",
                      traded.name));
      return;
    }
    for (std::size_t j = 0; j < i; ++j) {
      const auto* const other = std::get_if<OptionVegaSkew>(&desk_.quotes[j].model);
      if (other == nullptr || desk_.quotes[j].factor != config.factor) continue;
      if (other->gamma == model.gamma && other->vol_of_vol == model.vol_of_vol) continue;
      problems_.error(at(place, "skew"),
                      fmt::format("quote in {}: gamma and vol_of_vol of option_vega differ from "
                                  "those above; all quotes of a factor share them",
                                  traded.name));
      return;
    }
  }

  void hedge(std::size_t i) {
    const HedgeConfig& config = desk_.hedges[i];
    if (!config.instrument.valid()) return;
    untradable(node("hedges", i), "hedge", config.instrument);
    for (std::size_t j = 0; j < i; ++j) {
      const HedgeConfig& other = desk_.hedges[j];
      if (other.instrument != config.instrument || !(other.place == config.place)) continue;
      problems_.error(node("hedges", i).at,
                      fmt::format("hedges: {} stands twice for the same account; keep one",
                                  desk_.instrument(config.instrument).name));
      return;
    }
  }

  void route(std::size_t i) {
    const RouteConfig& config = desk_.routes[i];
    const TomlNode& place = node("routes", i);
    const std::string title = fmt::format("route \"{}\"", config.name);
    if (config.most && config.least > *config.most)
      problems_.error(at(place, "least"), title + ": least is above most; swap them");
    if (config.daily && config.least > *config.daily)
      problems_.error(at(place, "least"),
                      title + ": least is above daily, so that nothing can ever move; lower it");
    if (!config.channel.valid()) {
      if (config.from.venue.valid() && config.from == config.to)
        problems_.error(at(place, "to"), title + ": leads to where it begins; name two accounts");
      return;
    }
    const ChannelConfig& channel = desk_.channels[config.channel.index()];
    if (channel.asset != config.asset && channel.asset.valid() && config.asset.valid()) {
      problems_.error(at(place, "asset"),
                      fmt::format("{}: moves {} over the channel \"{}\", which carries {}", title,
                                  desk_.asset(config.asset).name, channel.name,
                                  desk_.asset(channel.asset).name));
    }
    const bool out = config.from == channel.ours && config.to == channel.theirs;
    const bool in = config.from == channel.theirs && config.to == channel.ours;
    if (!out && !in && channel.ours.venue.valid() && channel.theirs.venue.valid()) {
      problems_.error(at(place, "channel"),
                      fmt::format("{}: does not lead from one end of the channel \"{}\" to the "
                                  "other; name its accounts `ours` and `theirs`",
                                  title, channel.name));
    }
  }

  void rails() {
    const RailsConfig& rails = desk_.rails;
    const TomlMember* const table = root_.find("rails");
    if (table == nullptr || !rails.order_notional || !rails.daily_notional) return;
    if (*rails.order_notional <= *rails.daily_notional) return;
    problems_.warning(at(table->value, "order_notional"),
                      "rails: order_notional is above daily_notional, so only that one counts");
  }

  const TomlNode& root_;
  const Desk& desk_;
  Problems& problems_;
};

}  // namespace

void check_controls(const TomlNode& root, const Desk& desk, Problems& problems) {
  ControlChecks(root, desk, problems).run();
}

}  // namespace ballast
