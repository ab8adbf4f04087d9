#include "rope.hpp"

#include <algorithm>

#include "content.hpp"
#include "muistio/base/result.hpp"

namespace muistio::text {

namespace {
constexpr std::size_t kPieceBytes = 2048;  ///< The most that a piece has.
}

std::size_t Rope::Piece::offset_of(std::size_t index) const noexcept {
  return bytes.size() == scalars ? index : kept_offset(bytes, index);
}

void Rope::seek(std::size_t position) {
  while (position < cursor_start_ || (position == cursor_start_ && cursor_ > 0)) cursor_start_ -= pieces_[--cursor_].scalars;
  while (position > cursor_start_ + pieces_[cursor_].scalars) cursor_start_ += pieces_[cursor_++].scalars;
}

void Rope::insert(std::size_t position, std::string_view kept) { insert(position, kept, kept_count(kept), taken_back_count(kept)); }

void Rope::insert(std::size_t position, std::string_view kept, std::size_t scalars, std::size_t hidden) {
  MUISTIO_INVARIANT(position <= size_);
  if (kept.empty()) return;
  if (pieces_.empty()) pieces_.emplace_back();
  seek(position);
  auto& piece = pieces_[cursor_];
  piece.bytes.insert(piece.offset_of(position - cursor_start_), kept);
  piece.scalars += static_cast<std::uint32_t>(scalars);
  piece.hidden += static_cast<std::uint32_t>(hidden);
  size_ += scalars;
  hidden_ += hidden;
  if (piece.bytes.size() > kPieceBytes) split(cursor_);
}

void Rope::split(std::size_t index) {
  const std::string all = std::move(pieces_[index].bytes);
  auto made = cut(all, kPieceBytes / 2);
  pieces_[index] = std::move(made.front());
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::make_move_iterator(made.begin() + 1),
                 std::make_move_iterator(made.end()));
}

std::vector<Rope::Piece> Rope::cut(std::string_view all, std::size_t bytes) {
  std::vector<Piece> made;
  made.reserve(all.size() / bytes + 1);
  for (std::size_t start = 0; start < all.size();) {
    std::size_t end = std::min(all.size(), start + bytes);
    while (end < all.size() && !starts_scalar(all[end])) ++end;
    Piece piece;
    piece.bytes.assign(all, start, end - start);
    piece.scalars = static_cast<std::uint32_t>(kept_count(piece.bytes));
    piece.hidden = static_cast<std::uint32_t>(taken_back_count(piece.bytes));
    made.push_back(std::move(piece));
    start = end;
  }
  return made;
}

std::size_t Rope::erase(std::size_t position, std::size_t count) {
  MUISTIO_INVARIANT(count <= size_ && position <= size_ - count);
  std::size_t shown = 0;
  while (count > 0) {
    seek(position);
    if (position == cursor_start_ + pieces_[cursor_].scalars) cursor_start_ += pieces_[cursor_++].scalars;
    auto& piece = pieces_[cursor_];
    const auto from = position - cursor_start_;
    const auto taken = std::min<std::size_t>(count, piece.scalars - from);
    const auto begin = piece.offset_of(from);
    const auto end = piece.offset_of(from + taken);
    const auto hidden = piece.hidden == 0 ? 0 : taken_back_count(std::string_view(piece.bytes).substr(begin, end - begin));
    piece.bytes.erase(begin, end - begin);
    piece.scalars -= static_cast<std::uint32_t>(taken);
    piece.hidden -= static_cast<std::uint32_t>(hidden);
    size_ -= taken;
    hidden_ -= hidden;
    shown += taken - hidden;
    count -= taken;
    if (piece.scalars == 0) {
      pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(cursor_));
      if (cursor_ == pieces_.size() && cursor_ > 0) cursor_start_ -= pieces_[--cursor_].scalars;
    }
  }
  return shown;
}

std::size_t Rope::hide(std::size_t position, std::size_t count) {
  const auto shown = erase(position, count);
  insert(position, std::string(count, kTakenBack));
  return shown;
}

void Rope::assign(std::string_view kept) {
  *this = Rope();
  pieces_ = cut(kept, kPieceBytes * 3 / 4);
  for (const auto& piece : pieces_) {
    size_ += piece.scalars;
    hidden_ += piece.hidden;
  }
}

std::string Rope::kept() const {
  std::string all;
  for_each([&](std::string_view piece) { all += piece; });
  return all;
}

std::string Rope::kept_slice(std::size_t position, std::size_t count) const {
  MUISTIO_INVARIANT(count <= size_ && position <= size_ - count);
  std::string out;
  if (count == 0) return out;
  // From the cursor, which stays where it is: other threads may read, too.
  auto index = cursor_;
  auto start = cursor_start_;
  while (position < start) start -= pieces_[--index].scalars;
  while (position >= start + pieces_[index].scalars) start += pieces_[index++].scalars;
  auto from = position - start;
  while (count > 0) {
    const auto& piece = pieces_[index++];
    const auto taken = std::min<std::size_t>(count, piece.scalars - from);
    const auto begin = piece.offset_of(from);
    out.append(piece.bytes, begin, piece.offset_of(from + taken) - begin);
    count -= taken;
    from = 0;
  }
  return out;
}

std::size_t Rope::shown_before(std::size_t position) const {
  MUISTIO_INVARIANT(position <= size_);
  if (hidden_ == 0) return position;
  std::size_t shown = 0;
  for (const auto& piece : pieces_) {
    if (position <= piece.scalars) {
      const auto part = std::string_view(piece.bytes).substr(0, piece.offset_of(position));
      return shown + position - taken_back_count(part);
    }
    position -= piece.scalars;
    shown += piece.scalars - piece.hidden;
  }
  return shown;
}

std::size_t Rope::after_shown(std::size_t shown) const {
  MUISTIO_INVARIANT(shown <= shown_size());
  if (hidden_ == 0 || shown == 0) return shown;
  std::size_t position = 0;
  for (const auto& piece : pieces_) {
    const std::size_t here = piece.scalars - piece.hidden;
    if (shown > here) {
      shown -= here;
      position += piece.scalars;
      continue;
    }
    for (char byte : piece.bytes) {
      if (shown == 0 && starts_scalar(byte)) break;
      if (!starts_scalar(byte)) continue;
      ++position;
      if (byte != kTakenBack) --shown;
    }
    break;
  }
  return position;
}

std::size_t Rope::memory_bytes() const noexcept {
  std::size_t bytes = pieces_.capacity() * sizeof(Piece);
  for (const auto& piece : pieces_) bytes += piece.bytes.capacity() + 1;
  return bytes;
}

}  // namespace muistio::text
