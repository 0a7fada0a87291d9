// What a desk may do about its deviations: learning, joint targets, controls, quotes, hedges,
// routes, channels, guard rails.
#include "adapters/config/schema_reader.hpp"

namespace ballast {
namespace {

template <class S>
std::vector<S> read_all(const TomlNode& root,
                        std::string_view key,
                        std::string_view title,
                        const Desk& desk,
                        Problems& problems) {
  std::vector<S> all;
  for (const TomlNode& node : tables(root, key, problems))
    schema::read_table(node, title, desk, problems, all.emplace_back());
  return all;
}

template <class S>
void read_one(
    const TomlNode& root, std::string_view key, const Desk& desk, Problems& problems, S& out) {
  const TomlMember* const member = root.find(key);
  if (member == nullptr) return;
  if (member->value.kind != TomlNode::Kind::table) {
    problems.error(member->at, fmt::format("{} must be one table [{}]", key, key));
    return;
  }
  schema::read_table(member->value, key, desk, problems, out);
}

/// Reports every entry after the first for which `same` holds.
template <class S, class Same>
void refuse_doubles(const TomlNode& root,
                    std::string_view key,
                    std::string_view what,
                    const std::vector<S>& all,
                    Problems& problems,
                    Same same) {
  const auto& nodes = root.find(key)->value.items;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!same(all[i], all[j])) continue;
      problems.error(nodes[i].at, fmt::format("{}: {}; keep one", key, what));
      break;
    }
  }
}

/// Whether orders in the instrument can be sent from the account: it trades on that venue.
template <class S>
void check_venues(const TomlNode& root,
                  std::string_view key,
                  const std::vector<S>& all,
                  const Desk& desk,
                  Problems& problems) {
  if (all.empty()) return;
  const auto& nodes = root.find(key)->value.items;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].instrument.valid() || !all[i].place.venue.valid()) continue;
    const Instrument& instrument = desk.instrument(all[i].instrument);
    if (!instrument.venue.valid() || instrument.venue == all[i].place.venue) continue;
    problems.error(nodes[i].at, fmt::format("{}: {} trades on {}, not on {}; name an account there",
                                            key, instrument.name, desk.venue(instrument.venue).name,
                                            desk.venue(all[i].place.venue).name));
  }
}

}  // namespace

void read_joint_target_names(const TomlNode& root, Desk& desk, Problems& problems) {
  for (const TomlNode& node : tables(root, "joint_targets", problems)) {
    const TomlMember* const name = node.find("name");
    desk.joint_targets.emplace_back().name = name == nullptr ? "" : name->value.text;
  }
}

void read_joint_targets(const TomlNode& root, Desk& desk, Problems& problems) {
  const auto& nodes = tables(root, "joint_targets", problems);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    schema::read_table(nodes[i], "joint target", desk, problems, desk.joint_targets[i]);
  // A tilt takes its part of a joint target only when its factor is a member.
  for (std::size_t f = 0; f < desk.factors.size(); ++f) {
    for (const TargetStage& stage : desk.factors[f].stages) {
      const auto* tilt = std::get_if<JointTilt>(&stage);
      if (tilt == nullptr || tilt->group >= desk.joint_targets.size()) continue;
      const auto& members = desk.joint_targets[tilt->group].members;
      const bool member = std::any_of(members.begin(), members.end(), [&](const JointMember& m) {
        return m.factor == FactorId{f};
      });
      if (member) continue;
      problems.error(nodes[tilt->group].at,
                     fmt::format("joint target \"{}\": the factor \"{}\" has a tilt from it but is "
                                 "no member; add it to members",
                                 desk.joint_targets[tilt->group].name, desk.factors[f].name));
    }
  }
}

void read_channels(const TomlNode& root, Desk& desk, Problems& problems) {
  desk.channels = read_all<ChannelConfig>(root, "channels", "channel", desk, problems);
  if (desk.channels.empty()) return;
  refuse_doubles(root, "channels", "two channels have the same name", desk.channels, problems,
                 [](const auto& a, const auto& b) { return a.name == b.name; });
  for (std::size_t i = 0; i < desk.channels.size(); ++i) {
    const ChannelConfig& channel = desk.channels[i];
    if (channel.balance > channel.capacity) {
      problems.error(
          root.find("channels")->value.items[i].at,
          fmt::format("channel \"{}\": balance is above capacity; lower it", channel.name));
    }
  }
}

void read_controls(const TomlNode& root, Desk& desk, Problems& problems) {
  read_one(root, "learning", desk, problems, desk.learning);
  read_one(root, "options", desk, problems, desk.options);
  read_one(root, "rails", desk, problems, desk.rails);
  desk.controls = read_all<ControlConfig>(root, "controls", "control", desk, problems);
  desk.quotes = read_all<QuoteConfig>(root, "quotes", "quote", desk, problems);
  desk.hedges = read_all<HedgeConfig>(root, "hedges", "hedge", desk, problems);
  desk.margins = read_all<MarginConfig>(root, "margins", "margin", desk, problems);
  desk.routes = read_all<RouteConfig>(root, "routes", "route", desk, problems);
  if (!desk.controls.empty()) {
    refuse_doubles(
        root, "controls", "two controls are of the same factor", desk.controls, problems,
        [](const auto& a, const auto& b) { return a.factor.valid() && a.factor == b.factor; });
  }
  if (!desk.quotes.empty()) {
    refuse_doubles(root, "quotes", "two quotes are in the same instrument", desk.quotes, problems,
                   [](const auto& a, const auto& b) {
                     return a.instrument.valid() && a.instrument == b.instrument;
                   });
  }
  if (!desk.margins.empty()) {
    refuse_doubles(root, "margins", "two margins are of the same account and currency",
                   desk.margins, problems, [](const auto& a, const auto& b) {
                     return a.place == b.place && a.currency == b.currency;
                   });
  }
  if (!desk.routes.empty()) {
    refuse_doubles(root, "routes", "two routes have the same name", desk.routes, problems,
                   [](const auto& a, const auto& b) { return a.name == b.name; });
  }
  check_venues(root, "quotes", desk.quotes, desk, problems);
  check_venues(root, "hedges", desk.hedges, desk, problems);
  const bool trades = !desk.quotes.empty() || !desk.hedges.empty();
  const TomlMember* const rails = root.find("rails");
  if (!trades) return;
  const auto unwatched = [&](bool watched, std::string_view key) {
    if (watched) return;
    problems.warning(rails == nullptr ? root.at : rails->at,
                     fmt::format("rails: {} is not set, so nothing bounds it", key));
  };
  unwatched(desk.rails.order_notional.has_value(), "order_notional");
  unwatched(desk.rails.daily_notional.has_value(), "daily_notional");
  unwatched(desk.rails.price_collar.has_value(), "price_collar");
  unwatched(desk.rails.messages.has_value(), "messages");
  unwatched(desk.rails.position_notional.has_value(), "position_notional");
}

}  // namespace ballast
