#include "notes.hpp"

#include <algorithm>

#include "muistio/base/reader.hpp"
#include "muistio/base/utf8.hpp"

namespace muistio::simulation {

namespace {
constexpr std::uint64_t kSharedNotes = 5;
const char* const kWords[] = {"kokous ", "muistio ", "afspraak ", "talous ", "träff ", "leergroep ", "ääni ", "\xF0\x9F\x93\x9D "};

std::string some_words(SeededRandom& random) {
  std::string made;
  for (auto left = random.between(1, 6); left > 0; --left) made += kWords[random.below(std::size(kWords))];
  return made;
}

constexpr std::uint8_t kNoteMark = 1, kLedgerMark = 2, kSettingsMark = 3;

DocumentId marked(std::uint8_t mark, Scope scope, std::uint64_t number) {
  DocumentId id;
  id.mutable_array()[0] = mark;
  const auto bytes = Writer().u64(scope).bytes();
  std::copy(bytes.begin(), bytes.end(), id.mutable_array().begin() + 1);
  id.mutable_array()[15] = static_cast<std::uint8_t>(number);
  return id;
}

bool is_marked(const DocumentId& id, std::uint8_t mark) {
  const auto tail = id.view().subspan(9, 6);
  return id.array()[0] == mark && std::all_of(tail.begin(), tail.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool is_shared(const DocumentId& id) {
  return is_marked(id, kNoteMark) || is_marked(id, kLedgerMark) || is_marked(id, kSettingsMark);
}

Result<bool> exists(replica::ChangeBuilder& builder, const DocumentId& id) {
  MUISTIO_TRY(const auto* document, builder.document(id));
  return document->exists();
}
}  // namespace

Scope draft_scope(const DeviceId& device) { return (std::uint64_t{1} << 63) | Reader(device.view()).u64().value(); }
DocumentId shared_note(Scope scope, std::uint64_t number) { return marked(kNoteMark, scope, number); }
DocumentId ledger(Scope scope) { return marked(kLedgerMark, scope, 0); }
DocumentId settings() { return marked(kSettingsMark, 0, 0); }

namespace {
Status change_note(replica::ChangeBuilder& builder, SeededRandom& random, const DocumentId& id) {
  MUISTIO_TRY(const auto* before, builder.document(id));
  if (before->is_taken_back()) return ok();
  const bool is_mine = !is_shared(id) && before->creator() && before->creator()->member == builder.author().member;
  const bool may_take_back = before->exists() && (is_mine || builder.author().role == Role::host);
  const auto length = scalar_count(before->text(kBody));
  MUISTIO_CHECK(builder.create(id, kNoteType));
  for (auto left = random.between(1, 3); left > 0; --left) {
    switch (random.below(8)) {
      case 0:
        MUISTIO_CHECK(builder.set_register(id, kTitle, as_bytes(some_words(random))));
        break;
      case 1:
        MUISTIO_CHECK(builder.add_to_set(id, kTags, as_bytes(kWords[random.below(std::size(kWords))])));
        break;
      case 2:
        MUISTIO_CHECK(builder.remove_from_set(id, kTags, as_bytes(kWords[random.below(std::size(kWords))])));
        break;
      case 3:
        if (length > 8) {
          const auto from = random.below(length - 4);
          return builder.erase_text(id, kBody, from, random.between(1, 4));
        }
        break;
      case 4:
        if (may_take_back && random.chance(6)) return builder.take_back(id);
        if (may_take_back && length > 8 && random.chance(20))
          return builder.take_back_passage(id, kBody, random.below(length - 4), 3);
        break;
      default:
        MUISTIO_CHECK(builder.insert_text(id, kBody, random.below(length + 1), some_words(random)));
        break;
    }
  }
  return ok();
}
}  // namespace

Result<Scope> edit_note(replica::ChangeBuilder& builder, SeededRandom& random, const std::string& word,
                        const std::vector<Scope>& scopes) {
  auto scope = scopes.front();
  if (scopes.size() > 1 && random.chance(40)) {  // an old one, if it is there
    const auto older = scopes[1 + random.below(scopes.size() - 1)];
    MUISTIO_TRY(const bool is_there, exists(builder, ledger(older)));
    if (is_there) scope = older;
  }
  MUISTIO_CHECK(builder.create(ledger(scope), kLedgerType));
  MUISTIO_CHECK(builder.add_to_set(ledger(scope), kTags, as_bytes(word)));
  if (random.chance(15)) {
    MUISTIO_TRY(const bool is_there, exists(builder, settings()));
    if (is_there) {
      MUISTIO_CHECK(builder.set_register(settings(), kTitle, as_bytes(some_words(random))));
      if (random.chance(50)) MUISTIO_CHECK(builder.add_to_set(settings(), kTags, as_bytes(kWords[random.below(std::size(kWords))])));
    }
  }
  auto id = random.chance(80) ? shared_note(scope, random.below(kSharedNotes)) : random.make<DocumentId>();
  if (scope != scopes.front() && is_shared(id)) {
    MUISTIO_TRY(const bool is_there, exists(builder, id));
    if (!is_there) id = shared_note(scopes.front(), random.below(kSharedNotes));
  }
  MUISTIO_CHECK(change_note(builder, random, id));
  return scope;
}

bool judge_note(const replica::Op& op, const replica::Author& author, const replica::Document* document) {
  if (op.kind != replica::OpKind::take_back_document && op.kind != replica::OpKind::take_back_passage) return true;
  if (author.role == Role::host) return true;
  // A note whose id everybody knows may be created by several: who its creator is then depends on what has come.
  return !is_shared(op.document) && document != nullptr && document->creator() && document->creator()->member == author.member;
}

// A document's own encoding keeps a text's edits in the order in which they came, which differs between devices; all else of it,
// and what the text is and is made of, must not.
Bytes describe(const replica::Document& document) {
  Writer writer;
  writer.u8(document.exists() ? 1 : 0).u8(document.is_taken_back() ? 1 : 0).u16(document.type().value());
  if (const auto& creator = document.creator())
    writer.raw(creator->member.view()).raw(creator->stamp.device.view()).u64(creator->stamp.lamport.value());
  writer.signed_varint(document.changed().value());
  if (const auto* title = document.find_register(kTitle))
    writer.block(title->value).u64(title->stamp.lamport.value()).raw(title->stamp.device.view());
  for (const auto& value : document.set_values(kTags)) {
    writer.block(value);
    for (const auto& tag : document.set_tags(kTags, value)) writer.raw(tag.change.device.view()).u64(tag.change.number).u32(tag.op);
  }
  writer.block(as_bytes(document.text(kBody))).block(as_bytes(document.text_version(kBody)));
  return std::move(writer).take();
}

Result<std::vector<std::string>> words_in(replica::Replica& replica) {
  std::vector<DocumentId> ledgers;
  MUISTIO_CHECK(replica.for_each_summary([&](const DocumentId& id, BytesView) {
    if (is_marked(id, kLedgerMark)) ledgers.push_back(id);
    return ok();
  }));
  std::vector<std::string> made;
  for (const auto& id : ledgers) {
    MUISTIO_TRY(auto document, replica.document(id));
    if (!document) continue;
    for (const auto& value : document->set_values(kTags)) made.emplace_back(as_text(value));
  }
  std::sort(made.begin(), made.end());
  return made;
}

Result<std::vector<Described>> documents_in(replica::Replica& replica) {
  std::vector<DocumentId> ids;
  MUISTIO_CHECK(replica.for_each_summary([&](const DocumentId& id, BytesView) {
    ids.push_back(id);
    return ok();
  }));
  std::vector<Described> made;
  for (const auto& id : ids) {
    MUISTIO_TRY(auto document, replica.document(id));
    if (document) made.push_back({id, document->era(), describe(*document)});
  }
  return made;
}

}  // namespace muistio::simulation
