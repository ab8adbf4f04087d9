// Catching up, the mirror, the turn list: parts of Meetings.
#include "muistio/club/catch_up.hpp"

#include <algorithm>
#include <map>

#include "meeting_view.hpp"
#include "muistio/base/reader.hpp"

namespace muistio::home {
namespace {

using store::Table;

constexpr std::int64_t kTurnsKeptMs = 4 * 3'600'000;
constexpr std::size_t kTurnMembersMax = 4096;

/// A row of Table::view under 't'.
struct TurnRow {
  WallMs until;
  std::map<MemberId, std::uint32_t> turns;
  [[nodiscard]] Bytes encode() const {
    Writer out;
    out.signed_varint(until.value()).varint(turns.size());
    for (const auto& [member, count] : turns) out.raw(member.view()).varint(count);
    return std::move(out).take();
  }
  [[nodiscard]] static Result<TurnRow> decode(BytesView bytes) {
    Reader in(bytes);
    TurnRow row;
    MUISTIO_TRY(const auto until, in.signed_varint());
    row.until = WallMs(until);
    MUISTIO_TRY(const auto count, in.varint_at_most(kTurnMembersMax));
    for (std::uint64_t i = 0; i < count; ++i) {
      MUISTIO_TRY(const auto member, in.fixed<MemberId>());
      MUISTIO_TRY(const auto turns, in.varint_at_most(UINT32_MAX));
      row.turns[member] = static_cast<std::uint32_t>(turns);
    }
    MUISTIO_CHECK(in.finish());
    return row;
  }
};

Result<club::Arrivals> arrivals(const store::Store& store, const SpaceId& club) {
  club::Arrivals found;
  MUISTIO_TRY(const auto rows, store.all(Table::view, row_key('c', club)));
  for (const auto& row : rows) {
    if (row.key.size() != 1 + SpaceId::size_bytes + DocumentId::size_bytes)
      return fail(ErrorCode::corrupt, "the key of an arrival");
    MUISTIO_TRY(const auto id, DocumentId::from_bytes(BytesView(row.key).subspan(1 + SpaceId::size_bytes)));
    Reader in(row.value);
    club::Arrival arrival;
    MUISTIO_TRY(const auto seq, in.u64());
    arrival.seq = Seq(seq);
    MUISTIO_TRY(arrival.by, in.fixed<MemberId>());
    found.emplace(id, arrival);
  }
  return found;
}

const char* heading(std::string_view kind) {
  if (kind == "notes") return "Notes";
  if (kind == "material") return "Material shared";
  if (kind == "themes") return "Themes led";
  if (kind == "organised") return "Meetings organised";
  if (kind == "attended") return "Meetings attended";
  if (kind == "answers") return "Questions answered";
  if (kind == "actions") return "Action points done";
  return nullptr;  // what was missed is nobody's page
}

/// What is typed into a line of Markdown must stay one line of text.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) continue;
    if (std::string_view("\\`*_[]<>#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

Result<CatchUp> Meetings::catch_up(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto space, impl.visible(club));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto arrived, arrivals(*impl.store, club));
  impl.caught_up[club] = space.cursor;
  CatchUp shown;
  if (const auto personal = impl.personal()) {
    club::Records marks;
    MUISTIO_CHECK(impl.engine->read(*personal, [&](replica::Replica& documents) -> Status {
      MUISTIO_TRY(marks, club::gather(documents));
      return ok();
    }));
    shown.since = club::read_to(marks, club);
  }
  const auto news = club::catch_up(view.gathered, arrived, shown.since, view.own);
  const auto list = [&](const std::vector<club::News>& from) {
    std::vector<News> to;
    for (const auto& each : from)
      to.push_back({club::news_kind_name(each.kind), each.id, each.title, view.person(each.by), each.at});
    return to;
  };
  shown.said = list(news.said);
  shown.decided = list(news.decided);
  shown.shared = list(news.shared);
  shown.asked = list(news.asked);
  return shown;
}

Status Meetings::mark_read(SpaceId club) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto space, impl.visible(club));
  MUISTIO_TRY(const auto personal, impl.make_personal());
  // What came since it was shown is not read.
  const auto shown = impl.caught_up.find(club);
  const auto to = shown == impl.caught_up.end() ? space.cursor : shown->second;
  MUISTIO_CHECK(impl.engine->edit(personal, [&](replica::ChangeBuilder& builder) { return club::mark_read(builder, club, to); }));
  MUISTIO_TRY(const auto arrived, arrivals(*impl.store, club));
  MUISTIO_TRY(auto transaction, impl.store->begin());
  for (const auto& [id, arrival] : arrived)
    if (arrival.seq <= to) MUISTIO_CHECK(transaction.erase(Table::view, arrival_key(club, id)));
  return transaction.commit();
}

Result<Reach> Meetings::reach(DocumentId material) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, impl.locate(material, club::kMaterial));
  MUISTIO_TRY(const auto members, impl.engine->members(club));
  MUISTIO_TRY(const auto unsent, impl.engine->unsent_documents(club));
  MUISTIO_TRY(const bool uploading, impl.store->contains(Table::attachment, row_key('u', material)));
  Reach reach;
  reach.sent = !uploading && !unsent.contains(material);
  std::vector<DeviceId> with;
  MUISTIO_CHECK(impl.engine->read(club, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(const auto records, club::gather(documents));
    MUISTIO_TRY(const auto document, documents.document(material));
    if (document == nullptr || !document->creator()) return fail(ErrorCode::not_found, "material");
    with = club::devices_with(records, material, document->creator()->stamp.device);
    return ok();
  }));
  for (const auto& member : members)
    for (const auto& device : member.devices) {
      ++reach.devices;
      reach.have += std::binary_search(with.begin(), with.end(), device) ? 1 : 0;
    }
  return reach;
}

namespace {

template <class View>
std::vector<Contribution> contributions_in(const View& view) {
  std::vector<Contribution> shown;
  for (auto& each : club::contributions(view.gathered, view.members))
    shown.push_back({view.person(each.member),
                     {{"notes", std::move(each.notes)},
                      {"material", std::move(each.material)},
                      {"themes", std::move(each.themes)},
                      {"organised", std::move(each.organised)},
                      {"attended", std::move(each.attended)},
                      {"missed", std::move(each.missed)},
                      {"answers", std::move(each.answers)},
                      {"actions", std::move(each.actions)}}});
  std::sort(shown.begin(), shown.end(), [](const Contribution& a, const Contribution& b) {
    return std::tie(a.member.name, a.member.id) < std::tie(b.member.name, b.member.id);
  });
  return shown;
}

}  // namespace

Result<std::vector<Contribution>> Meetings::contributions(SpaceId club) {
  MUISTIO_TRY(const auto settings, home_->settings(club));
  if (settings.mirror == false) return fail(ErrorCode::invalid_state, "this club has chosen to have no mirror");
  MUISTIO_TRY(const auto view, look(club));
  return contributions_in(view);
}

Result<std::string> Meetings::own_page(SpaceId club) {
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto shown, home_->club(club));
  const auto all = contributions_in(view);
  std::map<DocumentId, std::string> titles;
  for (const auto& note : view.gathered.notes) titles[note.id] = note.title;
  for (const auto& each : view.gathered.material) titles[each.id] = each.name;
  for (const auto& meeting : club::list_meetings(view.records()))
    titles[meeting.id] = club::day_of(meeting.when.start) + " " + meeting.title;
  for (const auto& action : club::list_actions(view.records())) titles[action.id] = action.text;
  for (const auto& record : view.records()) {
    if (record.type == club::kAgendaItem) titles[record.id] = record.text(club::kItemTitle);
    if (record.type != club::kAnswer) continue;
    const auto to = record.id_in<DocumentId>(club::kAnswerTo);
    const auto* question = to ? club::find_record(view.records(), *to, club::kQuestion) : nullptr;
    titles[record.id] = question == nullptr ? std::string() : question->text(club::kQuestionTitle);
  }
  std::string page = "# " + plain(view.person(view.own).name) + "\n\n" + plain(shown.name) + "\n";
  for (const auto& each : all) {
    if (each.member.id != view.own) continue;
    for (const auto& figure : each.figures) {
      const auto* title = heading(figure.kind);
      if (title == nullptr || figure.of.empty()) continue;
      page += "\n## " + std::string(title) + " (" + std::to_string(figure.of.size()) + ")\n\n";
      for (const auto& id : figure.of) page += "- " + plain(titles[id]) + "\n";
    }
  }
  return page;
}

Result<std::vector<Turn>> Meetings::turns(DocumentId meeting) {
  auto& impl = *home_->impl_;
  MUISTIO_CHECK(sweep_turns());
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto row, impl.store->get(Table::view, row_key('t', meeting)));
  TurnRow held;
  if (row) {
    MUISTIO_TRY(held, TurnRow::decode(*row));
  }
  std::vector<Turn> shown;
  for (const auto& member : view.members) {
    const auto found = held.turns.find(member);
    shown.push_back({view.person(member), found == held.turns.end() ? 0 : found->second});
  }
  std::sort(shown.begin(), shown.end(), [](const Turn& a, const Turn& b) {
    return std::tie(a.turns, a.member.name, a.member.id) < std::tie(b.turns, b.member.name, b.member.id);
  });
  return shown;
}

Status Meetings::add_turn(DocumentId meeting, MemberId member) {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto club, space_of("meeting", meeting));
  MUISTIO_TRY(const auto view, look(club));
  MUISTIO_TRY(const auto item, club::find_meeting(view.records(), meeting));
  const auto made = view.meeting(club, item);
  const WallMs until(made.ends.value() + kTurnsKeptMs);
  if (until <= impl.clock.wall()) return fail(ErrorCode::invalid_state, "the meeting is over: its turn list is deleted");
  MUISTIO_TRY(const auto row, impl.store->get(Table::view, row_key('t', meeting)));
  TurnRow held;
  if (row) {
    MUISTIO_TRY(held, TurnRow::decode(*row));
  }
  held.until = until;
  ++held.turns[member];
  MUISTIO_TRY(auto transaction, impl.store->begin());
  MUISTIO_CHECK(transaction.put(Table::view, row_key('t', meeting), held.encode()));
  return transaction.commit();
}

Status Meetings::clear_turns(DocumentId meeting) {
  MUISTIO_TRY(auto transaction, home_->impl_->store->begin());
  MUISTIO_CHECK(transaction.erase(Table::view, row_key('t', meeting)));
  return transaction.commit();
}

Status Meetings::sweep_turns() {
  auto& impl = *home_->impl_;
  MUISTIO_TRY(const auto rows, impl.store->all(Table::view, letter_key('t')));
  if (rows.empty()) return ok();
  std::vector<Bytes> over;
  for (const auto& row : rows) {
    const auto held = TurnRow::decode(row.value);
    if (!held || held->until <= impl.clock.wall()) over.push_back(row.key);
  }
  if (over.empty()) return ok();
  MUISTIO_TRY(auto transaction, impl.store->begin());
  for (const auto& key : over) MUISTIO_CHECK(transaction.erase(Table::view, key));
  return transaction.commit();
}

}  // namespace muistio::home
