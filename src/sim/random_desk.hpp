// A desk with one of everything, for random events.
#pragma once

#include "model/desk.hpp"

namespace ballast {

/// Two venues of two accounts; spot, linear and inverse on BTC, spot ETH, an alt quoted in BTC;
/// factors of every kind, convention and target model, with books and ages; rules and an objective.
Desk random_desk();

}  // namespace ballast
