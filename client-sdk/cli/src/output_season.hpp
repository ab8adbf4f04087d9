// What the verbs of a season print (docs/club.md).
#pragma once

#include "muistio/client/meetings.hpp"
#include "output.hpp"

namespace muistio::cli {

void print_pacts(const Output& out, const std::vector<home::Pact>& pacts);
/// The text, or with --json everything.
void print_pact(const Output& out, const home::Pact& pact);
void print_seasons(const Output& out, const std::vector<home::Season>& seasons);
void print_polls(const Output& out, const std::vector<home::Poll>& polls);
void print_poll(const Output& out, const home::Poll& poll);
void print_meetings(const Output& out, const std::vector<home::Meeting>& meetings);
void print_meeting(const Output& out, const home::MeetingDetails& details);
void print_actions(const Output& out, const std::vector<home::ActionPoint>& actions);
void print_reminders(const Output& out, const std::vector<home::Reminder>& reminders);
void print_lead(const Output& out, const home::ReminderLead& lead);
void print_catch_up(const Output& out, const home::CatchUp& news);
void print_reach(const Output& out, const home::Reach& reach);
void print_contributions(const Output& out, const std::vector<home::Contribution>& contributions);
/// The Markdown, or {"text"}.
void print_page(const Output& out, const std::string& page);
void print_turns(const Output& out, const std::vector<home::Turn>& turns);
void print_questions(const Output& out, const std::vector<home::Question>& questions);

}  // namespace muistio::cli
