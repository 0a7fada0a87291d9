// Contracts: assumptions that only a defect of ours can break. They stay on in release builds.
#pragma once

namespace ballast {

/// Prints the broken contract to standard error and aborts: the journal is the truth, and a process
/// that has lost its invariants must not acknowledge anything more.
[[noreturn]] void contract_violation(const char* expression, const char* file, int line);

}  // namespace ballast

#define BALLAST_ASSERT(expression)                      \
  (static_cast<bool>(expression) ? static_cast<void>(0) \
                                 : ::ballast::contract_violation(#expression, __FILE__, __LINE__))
