#include "muistio/club/poll.hpp"

#include <algorithm>
#include <tuple>

#include "judging.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::uint8_t kNoneChosen = 0xff;

Result<std::vector<When>> decode_options(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto count, in.varint_at_most(kPollOptionsMax));
  if (count == 0) return fail(ErrorCode::malformed, "a poll without options");
  std::vector<When> options;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(auto when, read_when(in));
    options.push_back(std::move(when));
  }
  MUISTIO_CHECK(in.finish());
  return options;
}

/// u8 option, 0xff none ‖ varint count ‖ so many ballots counted: document 16 ‖ varint clock of its marks.
struct Closing {
  std::optional<std::size_t> chosen;
  std::vector<std::pair<DocumentId, Lamport>> counted;
};

Result<Closing> decode_closing(BytesView bytes) {
  Reader in(bytes);
  Closing closing;
  MUISTIO_TRY(const auto chosen, in.u8());
  if (chosen != kNoneChosen && chosen >= kPollOptionsMax) return fail(ErrorCode::malformed, "an option");
  if (chosen != kNoneChosen) closing.chosen = chosen;
  MUISTIO_TRY(const auto count, in.varint_at_most(kCountedBallotsMax));
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto ballot, in.fixed<DocumentId>());
    MUISTIO_TRY(const auto clock, in.varint());
    closing.counted.emplace_back(ballot, Lamport(clock));
  }
  MUISTIO_CHECK(in.finish());
  return closing;
}

Result<std::vector<Mark>> decode_marks(BytesView bytes) {
  Reader in(bytes);
  MUISTIO_TRY(const auto poll, in.fixed<DocumentId>());
  static_cast<void>(poll);
  MUISTIO_TRY(const auto count, in.varint_at_most(kPollOptionsMax));
  std::vector<Mark> marks;
  for (std::uint64_t i = 0; i < count; ++i) {
    MUISTIO_TRY(const auto mark, in.u8());
    if (mark > 3) return fail(ErrorCode::malformed, "a mark");
    marks.push_back(static_cast<Mark>(mark));
  }
  MUISTIO_CHECK(in.finish());
  return marks;
}

Ballot ballot_of(const Record& record, std::size_t options) {
  const auto* held = record.find(kBallotMarks);
  auto marks = decode_marks(held->value).value_or(std::vector<Mark>());
  marks.resize(options, Mark::none);
  return {record.maker, std::move(marks), held->wall};
}

void count(PollItem& poll) {
  for (const auto& ballot : poll.ballots)
    for (std::size_t i = 0; i < poll.options.size(); ++i) {
      poll.options[i].yes += ballot.marks[i] == Mark::yes;
      poll.options[i].maybe += ballot.marks[i] == Mark::maybe;
      poll.options[i].no += ballot.marks[i] == Mark::no;
    }
  if (poll.ballots.empty()) return;
  // The most who can; of those the most who can well, then the earliest time.
  const auto worth = [](const PollOption& each) { return std::tuple(each.yes + each.maybe, each.yes); };
  poll.best = 0;
  for (std::size_t i = 1; i < poll.options.size(); ++i) {
    const auto& best = poll.options[*poll.best];
    const auto& each = poll.options[i];
    if (worth(each) > worth(best) || (worth(each) == worth(best) && each.when.start < best.when.start)) poll.best = i;
  }
  const auto& best = poll.options[*poll.best];
  poll.most_cannot = std::size_t{best.yes + best.maybe} * 2 < poll.ballots.size();
}

std::optional<PollItem> poll_of(const Records& records, const Record& record) {
  const auto* options = record.find(kPollOptions);
  if (options == nullptr) return std::nullopt;
  const auto whens = decode_options(options->value);
  if (!whens) return std::nullopt;
  PollItem poll;
  poll.id = record.id;
  poll.title = record.text(kPollTitle);
  poll.meeting = record.id_in<DocumentId>(kPollMeeting);
  poll.maker = record.maker;
  poll.created = record.created;
  for (const auto& when : *whens) poll.options.push_back({when});
  std::optional<Closing> closing;
  if (const auto* held = record.find(kPollClosing))
    if (auto decoded = decode_closing(held->value)) {
      closing = std::move(*decoded);
      poll.closed = true;
      poll.closed_by = held->by;
      if (closing->chosen && *closing->chosen < poll.options.size()) poll.chosen = closing->chosen;
    }
  for (const auto* each : statements(records, kBallot, kBallotMarks, record.id.view())) {
    auto ballot = ballot_of(*each, poll.options.size());
    const auto clock = each->find(kBallotMarks)->stamp.lamport;
    const bool counts = !closing || std::any_of(closing->counted.begin(), closing->counted.end(), [&](const auto& counted) {
      return counted.first == each->id && counted.second == clock;
    });
    (counts ? poll.ballots : poll.late).push_back(std::move(ballot));
  }
  count(poll);
  return poll;
}

}  // namespace

const char* mark_name(Mark mark) noexcept {
  switch (mark) {
    case Mark::none:
      return "-";
    case Mark::yes:
      return "yes";
    case Mark::maybe:
      return "maybe";
    case Mark::no:
      return "no";
  }
  return "-";
}

std::optional<Mark> mark_from_name(std::string_view name) noexcept {
  for (const auto mark : {Mark::none, Mark::yes, Mark::maybe, Mark::no})
    if (name == mark_name(mark)) return mark;
  return std::nullopt;
}

bool judge_poll(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kPollClosing)
    return (is_host(author) || is_maker(op, author, document)) && op.kind == OpKind::set_register &&
           decode_closing(op.payload).has_value();
  if (!is_own) return false;
  if (op.field == kPollTitle) return is_line_set(op);
  if (op.field == kPollOptions) return op.kind == OpKind::set_register && decode_options(op.payload).has_value();
  if (op.field == kPollMeeting) return is_bytes_set(op, DocumentId::size_bytes);
  if (op.field == kBallotMarks) return op.kind == OpKind::set_register && decode_marks(op.payload).has_value();
  return true;
}

Result<DocumentId> create_poll(ChangeBuilder& builder, Random& random, const NewPoll& poll) {
  MUISTIO_CHECK(check_line(as_bytes(poll.title)));
  if (poll.title.empty()) return fail(ErrorCode::invalid_argument, "the title is empty");
  Writer options;
  options.varint(poll.options.size());
  for (const auto& when : poll.options) write_when(options, when);
  if (auto form = decode_options(options.bytes()); !form) return fail(ErrorCode::invalid_argument, form.error().detail);
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kPoll));
  MUISTIO_CHECK(builder.set_register(id, kPollTitle, as_bytes(poll.title)));
  MUISTIO_CHECK(builder.set_register(id, kPollOptions, options.bytes()));
  if (poll.meeting) MUISTIO_CHECK(builder.set_register(id, kPollMeeting, poll.meeting->view()));
  return id;
}

Status answer_poll(ChangeBuilder& builder, const DocumentId& poll, const std::vector<Mark>& marks) {
  MUISTIO_TRY(const auto* document, builder.document(poll));
  const auto* options = document->find_register(kPollOptions);
  if (!document->exists() || document->type() != kPoll || options == nullptr)
    return fail(ErrorCode::not_found, "no poll has this id");
  MUISTIO_TRY(const auto whens, decode_options(options->value));
  if (marks.size() != whens.size())
    return fail(ErrorCode::invalid_argument, "the poll has " + std::to_string(whens.size()) + " options");
  if (document->find_register(kPollClosing) != nullptr) return fail(ErrorCode::invalid_state, "the poll is closed");
  Writer value;
  value.raw(poll.view()).varint(marks.size());
  for (const auto mark : marks) value.u8(static_cast<std::uint8_t>(mark));
  const auto id = statement_id(kBallot, poll.view(), builder.author().device);
  MUISTIO_CHECK(builder.create(id, kBallot));
  return builder.set_register(id, kBallotMarks, value.bytes());
}

Status close_poll(ChangeBuilder& builder, const Records& records, const DocumentId& poll, std::optional<std::size_t> chosen) {
  MUISTIO_TRY(const auto item, find_poll(records, poll));
  if (item.closed) return fail(ErrorCode::invalid_state, "the poll is closed");
  if (chosen && *chosen >= item.options.size()) return fail(ErrorCode::invalid_argument, "the poll has no such option");
  const auto ballots = statements(records, kBallot, kBallotMarks, poll.view());
  if (ballots.size() > kCountedBallotsMax) return fail(ErrorCode::too_large, "ballots");
  Writer value;
  value.u8(chosen ? static_cast<std::uint8_t>(*chosen) : kNoneChosen).varint(ballots.size());
  for (const auto* ballot : ballots) value.raw(ballot->id.view()).varint(ballot->find(kBallotMarks)->stamp.lamport.value());
  return builder.set_register(poll, kPollClosing, value.bytes());
}

Result<PollItem> find_poll(const Records& records, const DocumentId& id) {
  if (const auto* record = find_record(records, id, kPoll))
    if (auto poll = poll_of(records, *record)) return std::move(*poll);
  return fail(ErrorCode::not_found, "no poll has this id");
}

std::vector<PollItem> list_polls(const Records& records) {
  std::vector<PollItem> items;
  for (const auto* record : of_type(records, kPoll))
    if (auto poll = poll_of(records, *record)) items.push_back(std::move(*poll));
  return items;
}

}  // namespace muistio::club
