// What is added to an event that a person posted: who it was, and the record of it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/desk.hpp"
#include "model/event.hpp"
#include "runtime/live_desk.hpp"

namespace ballast {

/// As much of a name as an event holds, cut between characters; "anonymous" when there is none.
Note note_of(std::string_view name);
/// The roles that have a permission, for a message.
std::string roles_for(Permission permission);
/// Whether an event is a person's decision, which is audited; writes down whose.
bool sign(EventBody& body, const Note& by);
/// What the audit says of a decision that came as an event, in its text form.
PlannedChange plan_of(const Desk& desk, const EventBody& body, std::string_view line);
/// Whether a record can hold what is planned.
Result<void> check_audit(const PlannedChange& plan);
/// Requires check_audit(), but cuts what a name is too long for.
Audit audit_of(const Principal& by, const PlannedChange& plan, std::uint64_t seq);

}  // namespace ballast
