// Finding notes by words.
#include <algorithm>

#include "home_impl.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/search/search.hpp"

namespace muistio::home {
namespace {

constexpr std::size_t kFoundMax = 50;
constexpr std::size_t kIndexAtOnce = 256;

/// A space that is searched: its members' names, and those of them that are asked for.
struct Searched {
  SpaceId space;
  std::map<MemberId, std::string> names;
  std::set<MemberId> authors;
};

struct IndexKey {
  SpaceId space;
  DocumentId note;
};
Result<IndexKey> parse_key(BytesView key) {
  IndexKey parsed;
  if (key.size() != SpaceId::size_bytes + DocumentId::size_bytes) return fail(ErrorCode::corrupt, "a key of the search index");
  MUISTIO_TRY(parsed.space, SpaceId::from_bytes(key.first(SpaceId::size_bytes)));
  MUISTIO_TRY(parsed.note, DocumentId::from_bytes(key.subspan(SpaceId::size_bytes)));
  return parsed;
}

bool is_named(const std::pair<const MemberId, std::string>& member, std::string_view wanted,
              const std::optional<std::string>& prefix) {
  return member.second == wanted || (prefix && member.first.hex().starts_with(*prefix));
}

std::vector<Stretch> stretches(const std::vector<search::Word>& words) {
  std::vector<Stretch> made;
  for (const auto& word : words) made.push_back({word.offset, word.bytes});
  return made;
}

bool is_in_time(const club::Summary& note, const SearchFilter& filter) {
  return (!filter.since || note.changed >= *filter.since) && (!filter.until || note.created < *filter.until);
}

}  // namespace

Result<std::optional<club::Summary>> Home::Impl::summary_of(const SpaceId& space, const DocumentId& note) {
  std::optional<Bytes> bytes;
  MUISTIO_CHECK(engine->read(space, [&](replica::Replica& documents) -> Status {
    MUISTIO_TRY(bytes, documents.summary(note));
    return ok();
  }));
  if (!bytes || bytes->empty()) return std::optional<club::Summary>();
  MUISTIO_TRY(auto summary, club::decode_summary(*bytes));
  return std::optional(std::move(summary));
}

Result<std::vector<Found>> Home::search(std::string_view words, const SearchFilter& filter) {
  for (bool more = true; more;) {
    auto indexed = index_some(kIndexAtOnce);
    // With a full disk one finds what did not change.
    if (!indexed && indexed.error().code != ErrorCode::disk_full) return fail(indexed.error());
    more = indexed && *indexed;
  }
  const auto personal = impl_->personal();
  std::vector<Searched> searched;
  std::set<SpaceId> shown;
  for (const auto& space : impl_->visible()) shown.insert(space.space);
  const auto prefix = id_prefix(filter.author);
  bool is_known = filter.author.empty();
  for (const auto& space : shown) {
    if (filter.club && space != *filter.club && space != personal) continue;
    Searched one{space, {}, {}};
    if (space == personal) {
      MUISTIO_TRY(one.names[impl_->engine->own_member()], own_name());
    } else if (!filter.author.empty()) {
      MUISTIO_TRY(one.names, impl_->names(space));
    }
    for (const auto& member : one.names)
      if (is_named(member, filter.author, prefix)) one.authors.insert(member.first);
    is_known |= !one.authors.empty();
    searched.push_back(std::move(one));
  }
  if (!is_known) return fail(ErrorCode::not_found, "no member has this name or id");

  std::vector<std::pair<search::Hit, Found>> hits;
  for (auto& one : searched) {
    if (!filter.author.empty() && one.authors.empty()) continue;
    std::map<DocumentId, Found> accepted;
    const auto accepts = [&](BytesView key) -> Result<bool> {
      MUISTIO_TRY(const auto parsed, parse_key(key));
      MUISTIO_TRY(const auto note, impl_->summary_of(parsed.space, parsed.note));
      if (!note || !is_in_time(*note, filter)) return false;
      if (!filter.author.empty() && !one.authors.contains(note->author)) return false;
      Found found;
      found.id = parsed.note;
      found.club = parsed.space;
      if (one.space == personal) {
        MUISTIO_TRY(const auto about, impl_->about(parsed.note));
        found.club = about.value_or(parsed.space);
      }
      if (filter.club && found.club != *filter.club) return false;
      if (!one.names.contains(note->author)) {
        MUISTIO_CHECK(impl_->engine->read(one.space, [&](replica::Replica& documents) -> Status {
          MUISTIO_TRY(one.names[note->author], club::member_name(documents, note->author));
          return ok();
        }));
      }
      found.author = name_of(one.names, note->author);
      found.at = note->created;
      found.changed = note->changed;
      accepted[parsed.note] = std::move(found);
      return true;
    };
    MUISTIO_TRY(auto of_space, search::query(*impl_->store, words, one.space.view(), kFoundMax, accepts));
    for (auto& hit : of_space) {
      MUISTIO_TRY(const auto parsed, parse_key(hit.key));
      hits.emplace_back(std::move(hit), std::move(accepted[parsed.note]));
    }
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const auto& left, const auto& right) { return left.first.rank < right.first.rank; });
  if (hits.size() > kFoundMax) hits.resize(kFoundMax);
  std::vector<Found> found;
  for (auto& [hit, note] : hits) {
    note.title = std::move(hit.title);
    note.snippet = std::move(hit.snippet);
    note.title_matches = stretches(hit.title_matches);
    note.snippet_matches = stretches(hit.matches);
    found.push_back(std::move(note));
  }
  return found;
}

}  // namespace muistio::home
