// The text beside the history: pieces of bounded size, each with its counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muistio::text {

/// A text (see content.hpp for its bytes) with fast edits near the last one. Positions count scalars; "kept" positions count those
/// taken back too, "shown" positions do not. Calls with positions beyond the text are broken invariants.
class Rope {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t shown_size() const noexcept { return size_ - hidden_; }

  void insert(std::size_t position, std::string_view kept);
  /// The same for `scalars` scalars none of which is taken back.
  void insert(std::size_t position, std::string_view shown, std::size_t scalars) { insert(position, shown, scalars, 0); }
  /// Returns how many of the removed scalars were shown.
  std::size_t erase(std::size_t position, std::size_t count);
  /// Takes back scalars [position, position + count). Returns how many of them were shown.
  std::size_t hide(std::size_t position, std::size_t count);
  void assign(std::string_view kept);

  /// The bytes, those taken back included.
  [[nodiscard]] std::string kept() const;
  /// The bytes of [position, position + count).
  [[nodiscard]] std::string kept_slice(std::size_t position, std::size_t count) const;
  /// The shown scalars before the kept position.
  [[nodiscard]] std::size_t shown_before(std::size_t position) const;
  /// The kept position right of the `shown`th shown scalar: an insert there comes directly behind it.
  [[nodiscard]] std::size_t after_shown(std::size_t shown) const;
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  /// Calls `visit(std::string_view)` for each piece in order.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& piece : pieces_) visit(std::string_view(piece.bytes));
  }

 private:
  struct Piece {
    std::string bytes;
    std::uint32_t scalars = 0;
    std::uint32_t hidden = 0;
    [[nodiscard]] std::size_t offset_of(std::size_t index) const noexcept;
  };

  void insert(std::size_t position, std::string_view kept, std::size_t scalars, std::size_t hidden);
  /// Moves the cursor to the piece that holds `position`; at a border, to the left one. Needs a piece.
  void seek(std::size_t position);
  void split(std::size_t index);
  /// `all` in pieces of about so many bytes, which take no more memory than they need.
  static std::vector<Piece> cut(std::string_view all, std::size_t bytes);

  std::vector<Piece> pieces_;
  std::size_t size_ = 0;
  std::size_t hidden_ = 0;
  std::size_t cursor_ = 0;        ///< A piece,
  std::size_t cursor_start_ = 0;  ///< and the kept position it starts at.
};

}  // namespace muistio::text
