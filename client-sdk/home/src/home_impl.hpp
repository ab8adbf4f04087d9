// What the files of Home share.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "folder.hpp"
#include "muistio/attachment/attachment.hpp"
#include "muistio/attachment/file.hpp"
#include "muistio/club/settings.hpp"
#include "muistio/club/summary.hpp"
#include "muistio/club/views.hpp"
#include "muistio/home/home.hpp"
#include "muistio/replica/replica.hpp"
#include "muistio/search/search.hpp"
#include "muistio/store/store.hpp"
#include "muistio/sync/engine.hpp"

namespace muistio::home {

/// A register of a private note: the id of the club that it is about (16 bytes). docs/formats/client.md.
inline constexpr replica::FieldId kNoteAbout{0x0304};

/// A row of Table::attachment: where a piece of material's encrypted file belongs.
struct AttachmentRow {
  SpaceId space;
  AttachmentId attachment;
  std::uint64_t ciphertext_bytes = 0;
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<AttachmentRow> decode(BytesView bytes);
};

/// Keys: one letter, then an id. docs/formats/client.md lists them.
template <class Id>
[[nodiscard]] Bytes row_key(char letter, const Id& id) {
  Bytes key{static_cast<std::uint8_t>(letter)};
  append(key, id.view());
  return key;
}
[[nodiscard]] inline Bytes letter_key(char letter) { return {static_cast<std::uint8_t>(letter)}; }
/// The rows of a setting and of the search index.
[[nodiscard]] Bytes index_key(const SpaceId& space, const DocumentId& document);
/// The row of Table::view that says where in the log somebody else's last change to a document stood, and whose it was.
[[nodiscard]] Bytes arrival_key(const SpaceId& space, const DocumentId& document);
Status keep_arrival(store::Transaction& transaction, const sync::Arrival& arrival);

/// The words by which callers name what a club has: "meeting", "card".
using Kinds = std::span<const std::pair<std::string_view, replica::DocumentType>>;

struct Home::Impl {
  std::filesystem::path folder;
  const club::TimeZones* zones = nullptr;  // never null once the home is open
  const Clock& clock;
  Random& random;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<sync::Engine> engine;
  /// Written by the hook in the transaction of the edit under way: the version that counts as shown.
  std::optional<std::pair<DocumentId, std::string>> shown_with_edit;
  /// Material that the edit under way makes is to be uploaded.
  bool uploads_with_edit = false;
  /// Snapshots on their way.
  struct OfferedSnapshot {
    Era era;
    attachment::AttachmentDescriptor descriptor;
  };
  struct DueSnapshot {
    sync::Engine::MadeSnapshot snapshot;  // without its bytes
    Bytes descriptor;
  };
  std::map<SpaceId, Seq> caught_up;  // up to where a club's news was shown last, by this process
  std::map<AttachmentId, OfferedSnapshot> offered;
  std::map<AttachmentId, DueSnapshot> made;

  Impl(std::filesystem::path in, const Clock& c, Random& r) : folder(std::move(in)), clock(c), random(r) {}

  // home.cpp
  Result<std::string> setting(std::string_view name) const;
  Status put_settings(const std::map<std::string, std::string>& values);
  Status set_server(std::string_view server, std::string_view ca_pem);
  Status require_identity() const;

  // hook.cpp: keeps index, attachments and shown versions in step with the documents.
  Status documents_changed(store::Transaction& transaction, const SpaceId& space, replica::Replica& documents,
                           std::span<const DocumentId> changed);

  // releases.cpp
  /// Notes when this device first read a release's text.
  Status note_release(store::Transaction& transaction, const replica::Document& release) const;
  Result<WallMs> release_seen(const DocumentId& release, const Hash& content) const;

  /// Errors: not_found (not a desk that is open here).
  [[nodiscard]] Status open_desk(const SpaceId& desk) const;

  // find.cpp
  /// The head of a document of a space; nothing, if it is not there.
  Result<std::optional<club::Summary>> summary_of(const SpaceId& space, const DocumentId& note);

  // index.cpp
  /// Wants every note taken in again, if the index was made by a version that had other terms.
  Status renew_index();
  /// Takes one note in, named by its key in the index, or out if it is gone.
  Status index_one(search::Indexer& indexer, store::Transaction& transaction, BytesView key);

  // clubs.cpp
  /// The spaces that are shown: not those that were left or whose request was taken back.
  std::vector<sync::SpaceSummary> visible() const;
  Result<sync::SpaceSummary> visible(const SpaceId& id) const;
  std::optional<SpaceId> personal() const;
  Result<SpaceId> make_personal();
  Result<Club> describe(const sync::SpaceSummary& summary);
  /// The names that members gave; see `name_of`.
  Result<std::map<MemberId, std::string>> names(const SpaceId& space);
  /// Names a space made here and, in it, this member.
  Status name_space(const SpaceId& id, std::string_view name, std::string_view own);

  // notes.cpp
  /// The space that holds a document of that type. `kind` names it in errors; not needed for notes and material.
  Result<SpaceId> locate(const DocumentId& id, replica::DocumentType type, std::string_view kind = {});
  /// An id or a unique prefix of at least six digits.
  Result<DocumentId> find_document(std::string_view wanted, replica::DocumentType type, std::string_view kind = {});
  /// As `find_document` and `locate`, for something of a kind. Errors: invalid_argument (no such kind).
  Result<DocumentId> find_of_kind(Kinds kinds, std::string_view kind, std::string_view wanted);
  Result<SpaceId> space_of_kind(Kinds kinds, std::string_view kind, const DocumentId& id);
  Result<std::vector<std::pair<SpaceId, DocumentId>>> documents_of(replica::DocumentType type, std::string_view hex_prefix);
  /// One change that makes the text at `base` (nothing: as shown last) into `text`.
  Status edit_once(const SpaceId& space, const DocumentId& id, std::string_view text, const std::optional<std::string>& base);
  Result<std::optional<SpaceId>> about(const DocumentId& note) const;
  /// A note of another device or another time, under an id made from where it comes from: once, however often it is called.
  Result<DocumentId> copy_note(const SpaceId& space, BytesView origin, const DocumentId& id, std::string_view title,
                               std::string_view text, const MemberId& by);

  // material.cpp
  [[nodiscard]] std::filesystem::path attachments() const { return folder / kAttachmentsName; }
  [[nodiscard]] std::filesystem::path attachment_file(const AttachmentId& id) const { return attachments() / id.hex(); }
  [[nodiscard]] std::filesystem::path partial_file(const AttachmentId& id) const { return attachments() / (id.hex() + ".part"); }
  [[nodiscard]] bool is_present(const AttachmentRow& row) const;
  Result<std::optional<AttachmentRow>> attachment_row(const DocumentId& material) const;
  Result<std::vector<std::pair<DocumentId, AttachmentRow>>> attachment_rows() const;
  void remove_files(const AttachmentId& id) const;
  /// The material of the space, if any, that is the same file and has its copy here.
  Result<std::optional<DocumentId>> same_file(const SpaceId& space, const attachment::FileDigest& digest);

  // local_files.cpp: which copies are here.
  /// The copy of an attachment, for all material that is it.
  struct LocalCopy {
    AttachmentRow row;
    std::vector<DocumentId> material;
    std::uint64_t last_use = 0;
    bool is_only_one = false;  // to be uploaded, or not to be had again
  };
  Result<std::vector<LocalCopy>> local_copies() const;
  /// Whether a file that is absent is to be fetched.
  Result<bool> is_wanted(const DocumentId& material, const AttachmentRow& row) const;
  Result<std::optional<std::uint64_t>> quota() const;
  /// Notes that the copy was used just now.
  Status touch(store::Transaction& transaction, const AttachmentId& id) const;
  Status touch(const AttachmentId& id) const;
  Status evict(const LocalCopy& copy);
  Status keep_quota();

  /// Errors: not_found; unsupported_version (made by a newer app).
  Result<attachment::AttachmentDescriptor> descriptor_of(const SpaceId& space, const DocumentId& material);
  /// Whether the copy here is whole and opens.
  Result<bool> is_authentic(const SpaceId& space, const DocumentId& material, const AttachmentRow& row);
  /// Removes files that no row names: left over from a crash, or taken back by others.
  Status sweep() const;
};

/// A contradiction as it is shown.
[[nodiscard]] Contradiction shown(const sync::Proof& proof);

/// Whether `wanted` may be the beginning of an id: 6 to 32 hexadecimal digits, lower-cased.
[[nodiscard]] std::optional<std::string> id_prefix(std::string_view wanted);

/// A line that is not empty. Errors: invalid_argument, not_utf8.
[[nodiscard]] Status check_name(std::string_view name);
[[nodiscard]] Standing standing_of(const sync::SpaceSummary& space);

/// Picks the one candidate. Errors: not_found; ambiguous with the candidates.
[[nodiscard]] Result<std::string> pick(const std::vector<std::string>& candidates, const char* what);

/// As the club keeps it.
[[nodiscard]] club::Settings settings_in(const ClubSettings& change);

/// What a member is called, by the names that members gave; one who gave none is shown by the beginning of their id.
[[nodiscard]] std::string name_of(const std::map<MemberId, std::string>& names, const MemberId& member);

}  // namespace muistio::home
