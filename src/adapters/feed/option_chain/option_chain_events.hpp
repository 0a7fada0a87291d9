// Recorded option chains (option_chain_csv.hpp tells of the layouts) to events. Of each snapshot,
// in this order:
//
//   mark     of the coin in the quote asset: the median of the rows' index, where the file has it
//   mark     of each expiry's inverse future: the expiry's forward (chain_forward)
//   surface  of each expiry: the venue's mark vols by strike, of the option out of the money (a
//            call from the forward upwards), or of the other where that has none
//   mark     of each option, in coin; one of 0 gives none, for no price is 0
//   top      of each option, where `top_qty` says of what size: the file does not
//
// A surface of mark vols gives back the marks of every strike, needs no fit, and so says of a book
// what the venue says of it; a smile by SVI would be half a vol off. An option is named by the
// column of its name (COIN-EXPIRY-STRIKE-RIGHT), the future of its expiry by what is before the
// strike. configuration() has the terms of both: an option is on contract_size coins.
//
// A file is held until its end and comes out by time. An option twice in one snapshot, or a name
// that meant something else before, is refused.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind option_chain_kind;

}  // namespace ballast
