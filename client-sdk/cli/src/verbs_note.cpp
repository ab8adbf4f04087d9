#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "muistio/home/files.hpp"
#include "verbs.hpp"

namespace muistio::cli {
namespace {

constexpr std::uint64_t kTextBytesMax = 64u << 20;

}  // namespace

Result<std::string> read_text(const std::string& file) {
  if (file != "-") {
    MUISTIO_TRY(auto bytes, home::read_file(file, kTextBytesMax));
    return std::string(as_text(bytes));
  }
  std::string text;
  std::string piece(64u << 10, '\0');
  while (std::cin) {
    std::cin.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece, 0, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kTextBytesMax) return fail(ErrorCode::too_large, "standard input has more than a note may hold");
  }
  if (std::cin.bad()) return fail(ErrorCode::io_failed, "standard input cannot be read");
  return text;
}

int run_note_add(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  NewNote note{club, a.title, {}, a.is_private};
  if (!a.file.empty()) {
    MUISTIO_VERB(note.text, read_text(a.file));
  }
  MUISTIO_VERB(auto id, context.client.add_note(std::move(note)).get());
  context.out.id(id.hex());
  return kDone;
}

int run_note_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto notes, context.client.notes(club).get());
  std::vector<Item> items;
  for (const auto& note : notes) {
    Item item{note.id.hex(), note.title, note.author, note.at, note.bytes, {}, {}};
    if (!note.handed_in_by.empty()) item.more = {{"handed_in_by", note.handed_in_by}};
    item.flags = {{"private", note.is_private}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_note_show(Context context) {
  MUISTIO_VERB(auto id, context.client.find_note(context.arguments.id).get());
  MUISTIO_VERB(auto note, context.client.show_note(id).get());
  context.out.note(note);
  return kDone;
}

int run_note_edit(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto id, context.client.find_note(a.id).get());
  MUISTIO_VERB(auto text, read_text(a.file));
  MUISTIO_VERB_DO(context.client.edit_note({id, std::move(text), a.base}).get());
  context.out.done(id.hex());
  return kDone;
}

int run_note_append(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto id, context.client.find_note(a.id).get());
  MUISTIO_VERB(auto text, read_text(a.file));
  MUISTIO_VERB_DO(context.client.append_note(id, std::move(text)).get());
  context.out.done(id.hex());
  return kDone;
}

int run_note_delete(Context context) {
  MUISTIO_VERB(auto id, context.client.find_note(context.arguments.id).get());
  MUISTIO_VERB_DO(context.client.delete_note(id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_note_share(Context context) {
  MUISTIO_VERB(auto id, context.client.find_note(context.arguments.id).get());
  MUISTIO_VERB(auto copy, context.client.share_note(id).get());
  context.out.id(copy.hex());
  return kDone;
}

int run_material_add(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto id, context.client.add_material(club, a.file).get());
  context.out.id(id.hex());
  return kDone;
}

int run_material_list(Context context) {
  MUISTIO_VERB(auto club, context.client.find_club(context.arguments.club).get());
  MUISTIO_VERB(auto material, context.client.material(club).get());
  std::vector<Item> items;
  for (const auto& each : material) {
    Item item{each.id.hex(), each.title, each.author, each.at, each.bytes, {}, {}};
    item.more = {{"type", each.media_type}};
    item.flags = {{"present", each.present}, {"uploaded", each.uploaded}};
    items.push_back(std::move(item));
  }
  context.out.items(items);
  return kDone;
}

int run_material_get(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto id, context.client.find_material(a.id).get());
  MUISTIO_VERB_DO(context.client.get_material(id, a.out).get());
  context.out.done(id.hex());
  return kDone;
}

int run_material_evict(Context context) {
  MUISTIO_VERB(auto id, context.client.find_material(context.arguments.id).get());
  MUISTIO_VERB_DO(context.client.evict_material(id).get());
  context.out.done(id.hex());
  return kDone;
}

int run_material_quota(Context context) {
  const auto& text = context.arguments.text;
  if (!text.empty()) {
    std::optional<std::uint64_t> limit;
    if (text != "none") {
      std::uint64_t bytes = 0;
      const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
      if (error != std::errc{} || last != text.data() + text.size())
        return context.out.refuse({ErrorCode::invalid_argument, "a number of bytes, or none"});
      limit = bytes;
    }
    MUISTIO_VERB_DO(context.client.set_material_quota(limit).get());
  }
  MUISTIO_VERB(const auto quota, context.client.material_quota().get());
  context.out.quota(quota);
  return kDone;
}

int run_material_delete(Context context) {
  MUISTIO_VERB(auto id, context.client.find_material(context.arguments.id).get());
  MUISTIO_VERB_DO(context.client.delete_material(id).get());
  context.out.done(id.hex());
  return kDone;
}

}  // namespace muistio::cli
