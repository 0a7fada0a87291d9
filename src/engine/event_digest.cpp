#include "engine/event_digest.hpp"

namespace ballast {
namespace {

struct Adder {
  Digest& digest;

  template <class Tag>
  void add(Fixed<Tag> value) const {
    digest.add(value.raw);
  }
  template <class Tag, class Int>
  void add(Id<Tag, Int> id) const {
    digest.add(std::uint64_t{id.value});
  }
  template <std::size_t N>
  void add(const Text<N>& text) const {
    digest.add(text.view());
  }
  void add(Timestamp t) const { digest.add(t.ns); }
  void add(const Range& range) const {
    add(range.lower);
    add(range.upper);
  }
  template <class T>
  void add(const std::optional<T>& value) const {
    digest.add(std::uint64_t{value.has_value()});
    if (value) add(*value);
  }
  template <class E>
  requires(std::is_enum_v<E> || std::is_integral_v<E>) void add(E value) const {
    digest.add(static_cast<std::uint64_t>(value));
  }
  void add(double value) const { digest.add(value); }
  void add(const std::string& text) const { digest.add(std::string_view(text)); }
  void add(const Place& place) const {
    add(place.venue);
    add(place.account);
  }
  void add(const FillKey& key) const {
    add(key.place);
    add(key.instrument);
    add(key.id);
    add(key.leg);
  }

  void add(const Scope& scope) const { all(scope.kind, scope.place, scope.book, scope.factor); }
  void add(const std::vector<DecisionInput>& inputs) const {
    add(inputs.size());
    for (const DecisionInput& input : inputs)
      all(input.name, input.value);
  }

  template <class... Ts>
  void all(const Ts&... values) const {
    (add(values), ...);
  }

  void operator()(const Correct& c) const {
    all(c.key, c.side, c.qty, c.price, c.fee, c.fee_asset);
  }
  void operator()(const Bust& b) const { add(b.key); }
  void operator()(const BalanceChange& b) const { all(b.place, b.asset, b.qty, b.id, b.reason); }
  void operator()(const Transfer& x) const {
    all(x.id, x.asset, x.qty, x.from, x.to, x.state);
    if (x.route.valid()) add(x.route);
  }
  void operator()(const FundingPayment& f) const {
    all(f.id, f.place, f.book, f.instrument, f.amount, f.asset);
  }
  void operator()(const Statement& s) const { all(s.place, s.instrument, s.asset, s.qty); }
  void operator()(const Trade& t) const { all(t.instrument, t.price, t.qty, t.side); }
  void operator()(const FundingRate& r) const { all(r.instrument, r.rate, r.interval_h); }
  void operator()(const Surface& s) const {
    all(s.underlying, s.expiry, s.vol);
    add(s.strikes.size());
    for (const double strike : s.strikes)
      add(strike);
    add(s.vols.size());
    for (const double vol : s.vols)
      add(vol);
    add(s.svi.has_value());
    if (s.svi) {
      for (const double parameter : *s.svi)
        add(parameter);
    }
  }
  void operator()(const TargetOverride& t) const {
    all(t.factor, t.target, t.band, t.limit, t.until, t.clear);
  }
  void operator()(const Acknowledge& a) const { all(a.rule, a.factor, a.by); }
  void operator()(const Shelve& s) const { all(s.rule, s.until, s.by); }
  void operator()(const Tick& /*tick*/) const {}
  void operator()(const Depth& d) const {
    add(d.instrument);
    for (const auto* side : {&d.bids, &d.asks}) {
      add(side->size());
      for (const BookLevel& level : *side)
        all(level.price, level.qty);
    }
  }
  void operator()(const Drift& d) const { all(d.asset, d.rate, d.std_error, d.until, d.clear); }
  void operator()(const Order& o) const {
    all(o.id, o.place, o.book, o.instrument, o.side, o.qty, o.price, o.filled, o.state, o.origin,
        o.proposal, o.reason);
  }
  void operator()(const Quote& q) const {
    all(q.instrument, q.bid, q.bid_qty, q.ask, q.ask_qty, q.reason, q.inputs);
  }
  void operator()(const Decision& d) const {
    all(d.id, d.factor, d.action, d.state, d.reason, d.inputs);
  }
  void operator()(const Approve& a) const { all(a.id, a.accept, a.by, a.reason); }
  void operator()(const Kill& k) const { all(k.scope, k.by, k.reason); }
  void operator()(const Rearm& r) const { all(r.scope, r.by, r.reason); }
  void operator()(const ChannelBalance& c) const { all(c.channel, c.balance); }
  void operator()(const Audit& a) const {
    all(a.by, a.role, a.action, a.subject, a.before, a.after, a.reason, a.event);
  }
  void operator()(const Receipt& r) const { all(r.by, r.key, r.request, r.answer); }
};

}  // namespace

template <class Body>
void add_body(Digest& digest, const Body& body) {
  Adder{digest}(body);
}

template void add_body(Digest&, const Correct&);
template void add_body(Digest&, const Bust&);
template void add_body(Digest&, const BalanceChange&);
template void add_body(Digest&, const Transfer&);
template void add_body(Digest&, const FundingPayment&);
template void add_body(Digest&, const Statement&);
template void add_body(Digest&, const Trade&);
template void add_body(Digest&, const FundingRate&);
template void add_body(Digest&, const Surface&);
template void add_body(Digest&, const TargetOverride&);
template void add_body(Digest&, const Acknowledge&);
template void add_body(Digest&, const Shelve&);
template void add_body(Digest&, const Tick&);
template void add_body(Digest&, const Depth&);
template void add_body(Digest&, const Drift&);
template void add_body(Digest&, const Order&);
template void add_body(Digest&, const Quote&);
template void add_body(Digest&, const Decision&);
template void add_body(Digest&, const Approve&);
template void add_body(Digest&, const Kill&);
template void add_body(Digest&, const Rearm&);
template void add_body(Digest&, const ChannelBalance&);
template void add_body(Digest&, const Audit&);
template void add_body(Digest&, const Receipt&);

}  // namespace ballast
