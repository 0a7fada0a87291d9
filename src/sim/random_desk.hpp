// A desk with one of everything, for random events.
#pragma once

#include "model/desk.hpp"

namespace ballast {

/// Two venues of two accounts; spot, linear and inverse on BTC, spot ETH, an alt quoted in BTC;
/// factors of every kind, convention, target model and stage, with books and ages; rules; a joint
/// target, controls in every mode, quotes with every skew model, hedges, routes, a channel and
/// rails. What is learnt is given soon and kept long, so that random events lead to decisions.
Desk random_desk();

/// Takes away whatever moves targets and acts on deviations: the desk is only watched.
void watch_only(Desk& desk);

}  // namespace ballast
