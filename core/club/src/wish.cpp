#include "muistio/club/wish.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "judging.hpp"

namespace muistio::club {
namespace {
using replica::ChangeBuilder;

constexpr std::size_t kVoteBytes = DocumentId::size_bytes + 1;

Status check_wish(ChangeBuilder& builder, const DocumentId& wish) {
  MUISTIO_TRY(const auto* document, builder.document(wish));
  if (!document->exists() || document->type() != kWish) return fail(ErrorCode::not_found, "no wish has this id");
  return ok();
}
}  // namespace

bool judge_wish(const Op& op, const Author& author, const Document* document) {
  const bool is_own = names_device(op.document, author.device);
  if (op.kind == OpKind::create) return is_own;
  if (op.field == kWishTitle) return is_maker(op, author, document) && is_line_set(op) && !op.payload.empty();
  if (op.field == kWishOverlaps) return is_bytes_in_set(op, DocumentId::size_bytes);
  if (op.field == kWishVoted) return is_own && is_bytes_set(op, kVoteBytes) && op.payload.back() <= 1;
  return is_own;
}

Result<DocumentId> create_wish(ChangeBuilder& builder, Random& random, std::string_view title) {
  MUISTIO_CHECK(check_line(as_bytes(title)));
  if (title.empty()) return fail(ErrorCode::invalid_argument, "the wish is empty");
  const auto id = make_document_id(random, builder.author().device);
  MUISTIO_CHECK(builder.create(id, kWish));
  MUISTIO_CHECK(builder.set_register(id, kWishTitle, as_bytes(title)));
  return id;
}

Status vote_wish(ChangeBuilder& builder, const DocumentId& wish, bool is_for) {
  MUISTIO_CHECK(check_wish(builder, wish));
  const auto id = statement_id(kWishVote, wish.view(), builder.author().device);
  auto value = to_bytes(wish.view());
  value.push_back(is_for ? 1 : 0);
  MUISTIO_CHECK(builder.create(id, kWishVote));
  return builder.set_register(id, kWishVoted, value);
}

Status set_overlap(ChangeBuilder& builder, const DocumentId& one, const DocumentId& other, bool overlaps) {
  if (one == other) return fail(ErrorCode::invalid_argument, "a wish does not overlap with itself");
  for (const auto& each : {one, other}) MUISTIO_CHECK(check_wish(builder, each));
  // Either may name the other: what is taken back is taken back on both sides.
  if (overlaps) return builder.add_to_set(one, kWishOverlaps, other.view());
  MUISTIO_CHECK(builder.remove_from_set(one, kWishOverlaps, other.view()));
  return builder.remove_from_set(other, kWishOverlaps, one.view());
}

std::vector<WishItem> list_wishes(const Records& records) {
  std::vector<WishItem> items;
  std::map<DocumentId, std::size_t> places;
  for (const auto* record : of_type(records, kWish)) {
    WishItem item{record->id, record->text(kWishTitle), record->maker, record->created, {record->maker}, {}};
    if (item.title.empty()) continue;
    for (const auto* vote : statements(records, kWishVote, kWishVoted, record->id.view())) {
      if (vote->find(kWishVoted)->value.back() == 1)
        item.voters.insert(vote->maker);
      else
        item.voters.erase(vote->maker);
    }
    places.emplace(item.id, items.size());
    items.push_back(std::move(item));
  }
  for (const auto& record : records) {
    if (record.type != kWish || record.sets.count(kWishOverlaps) == 0) continue;
    const auto one = places.find(record.id);
    for (const auto& value : record.sets.at(kWishOverlaps)) {
      const auto id = DocumentId::from_bytes(value);
      const auto other = id ? places.find(*id) : places.end();
      if (one == places.end() || other == places.end() || one == other) continue;
      items[one->second].overlaps.insert(*id);
      items[other->second].overlaps.insert(record.id);
    }
  }
  return items;
}

std::vector<Theme> propose_themes(const std::vector<WishItem>& wishes, const TitlesOverlap& overlap) {
  std::vector<std::size_t> group(wishes.size());  // the oldest wish of each one's group
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t i = 0; i < wishes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (group[i] == group[j]) continue;
      if (wishes[i].overlaps.count(wishes[j].id) == 0 && !overlap(wishes[i].title, wishes[j].title)) continue;
      const auto kept = std::min(group[i], group[j]), gone = std::max(group[i], group[j]);
      std::replace(group.begin(), group.end(), gone, kept);
    }
  std::map<std::size_t, Theme> by_group;
  std::map<std::size_t, std::size_t> most;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    auto& theme = by_group[group[i]];
    if (theme.wishes.empty() || wishes[i].voters.size() > most[group[i]]) {
      theme.title = wishes[i].title;
      most[group[i]] = wishes[i].voters.size();
    }
    theme.wishes.push_back(wishes[i].id);
    theme.supporters.insert(wishes[i].voters.begin(), wishes[i].voters.end());
  }
  std::vector<Theme> themes;
  for (auto& [oldest, theme] : by_group) themes.push_back(std::move(theme));
  std::stable_sort(themes.begin(), themes.end(), [](const Theme& a, const Theme& b) {
    return std::pair(a.supporters.size(), a.wishes.size()) > std::pair(b.supporters.size(), b.wishes.size());
  });
  return themes;
}

}  // namespace muistio::club
