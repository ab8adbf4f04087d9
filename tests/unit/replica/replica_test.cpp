#include "muistio/replica/replica.hpp"

#include <catch2/catch.hpp>

#include "format_examples.hpp"
#include "muistio/replica/payload.hpp"
#include "muistio/replica/text_version.hpp"
#include "muistio/text/document.hpp"
#include "peer.hpp"

using namespace muistio;
using namespace muistio::replica;
using namespace muistio::test;

namespace {
const DocumentId kNote = id_of<DocumentId>(0x11);

Status write_note(ChangeBuilder& builder, std::string_view title, std::string_view body) {
  MUISTIO_CHECK(builder.create(kNote, kType));
  MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes(title)));
  return builder.append_text(kNote, kBody, body);
}
}  // namespace

TEST_CASE("what one device writes another shows") {
  Peer anna(1), bert(2);
  const auto change = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "Kokous", "Läsnä kaikki"); });
  CHECK(change.ops.size() == 3);
  const auto applied = bert.take(change, anna.author);
  CHECK(applied.documents == std::vector<DocumentId>{kNote});
  CHECK(applied.refused_ops == 0);
  CHECK(bert.document(kNote)->register_text(kTitle) == "Kokous");
  CHECK(bert.document(kNote)->text(kBody) == "Läsnä kaikki");
  CHECK(bert.document(kNote)->member_of(anna.author.device) == anna.author.member);
  CHECK(bert.shows(kNote) == anna.shows(kNote));
  CHECK(bert.take(change, anna.author).duplicate);
}

TEST_CASE("of two registers set at once the later clock wins, and of equal clocks the greater device") {
  Peer anna(1), bert(2);
  const auto created = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "x"); });
  anna.in_log(created);
  bert.take(created, anna.author);
  const auto set = [](const char* title) {
    return [title](ChangeBuilder& builder) { return builder.set_register(kNote, kTitle, as_bytes(title)); };
  };
  const auto by_anna = anna.edit(set("anna"));
  const auto by_bert = bert.edit(set("bert"));
  anna.in_log(by_anna);
  bert.in_log(by_bert);
  anna.take(by_bert, bert.author);
  bert.take(by_anna, anna.author);
  CHECK(anna.document(kNote)->register_text(kTitle) == "bert");
  CHECK(bert.document(kNote)->register_text(kTitle) == "bert");
  const auto later = anna.edit(set("anna again"));
  bert.take(later, anna.author);
  CHECK(bert.document(kNote)->register_text(kTitle) == "anna again");
}

TEST_CASE("a value added while another removes it stays in the set") {
  Peer anna(1), bert(2);
  const auto added = anna.edit([](ChangeBuilder& builder) { return builder.add_to_set(kNote, kTags, as_bytes("t")); });
  anna.in_log(added);
  bert.take(added, anna.author);
  const auto again = anna.edit([](ChangeBuilder& builder) { return builder.add_to_set(kNote, kTags, as_bytes("t")); });
  const auto removed = bert.edit([](ChangeBuilder& builder) { return builder.remove_from_set(kNote, kTags, as_bytes("t")); });
  CHECK(bert.document(kNote)->set_values(kTags).empty());
  anna.in_log(again);
  bert.in_log(removed);
  anna.take(removed, bert.author);
  bert.take(again, anna.author);
  CHECK(anna.document(kNote)->set_values(kTags) == std::vector<Bytes>{to_bytes(as_bytes("t"))});
  CHECK(anna.shows(kNote) == bert.shows(kNote));
  CHECK_FALSE(bert.held
                  .edit(bert.author, WallMs(1), bert.judge,
                        [](ChangeBuilder& builder) { return builder.remove_from_set(kNote, kTags, as_bytes("absent")); })
                  ->has_value());
}

TEST_CASE("what others wrote survives a new text against an older version") {
  Peer anna(1), bert(2);
  const auto created = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "one two three"); });
  anna.in_log(created);
  bert.take(created, anna.author);
  const auto base = bert.document(kNote)->text_version(kBody);
  const auto wrote = anna.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, " four"); });
  bert.take(wrote, anna.author);
  const auto replaced = bert.edit(
      [&](ChangeBuilder& builder) { return builder.replace_text(kNote, kBody, "one 2 three", parse_text_version(base).value()); });
  CHECK(bert.document(kNote)->text(kBody) == "one 2 three four");
  anna.in_log(wrote);
  anna.take(replaced, bert.author);
  CHECK(anna.shows(kNote) == bert.shows(kNote));
  const auto unknown = bert.held.edit(bert.author, WallMs(1), bert.judge, [](ChangeBuilder& builder) {
    return builder.replace_text(kNote, kBody, "z", {{id_of<DeviceId>(9), 5}});
  });
  CHECK(unknown.error().code == ErrorCode::missing_parent);
}

TEST_CASE("edits that fail, or do nothing, leave no trace") {
  Peer anna(1);
  anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  const auto before = anna.shows(kNote);
  const auto failed = anna.held.edit(anna.author, WallMs(5), anna.judge, [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes("b")));
    MUISTIO_CHECK(builder.insert_text(kNote, kBody, 0, "zz"));
    CHECK((*builder.document(kNote))->text(kBody) == "zztext");
    return builder.insert_text(kNote, kBody, 99, "beyond");
  });
  CHECK(failed.error().code == ErrorCode::position_out_of_range);
  CHECK(anna.shows(kNote) == before);
  CHECK(anna.held.causality().change_count() == 1);
  const auto idle = anna.held.edit(anna.author, WallMs(5), anna.judge, [](ChangeBuilder& builder) -> Status {
    MUISTIO_CHECK(builder.create(kNote, kType));
    MUISTIO_CHECK(builder.set_register(kNote, kTitle, as_bytes("a")));
    return builder.replace_text(kNote, kBody, "text");
  });
  REQUIRE(idle);
  CHECK_FALSE(idle->has_value());
  CHECK(anna.held.causality().change_count() == 1);
  const auto other_type = anna.held.edit(anna.author, WallMs(5), anna.judge,
                                         [](ChangeBuilder& builder) { return builder.create(kNote, DocumentType(9)); });
  CHECK(other_type.error().code == ErrorCode::already_exists);
}

TEST_CASE("a change that does not fit is refused as a whole and changes nothing") {
  Peer anna(1), bert(2);
  const auto first = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  const auto second = anna.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, "more"); });
  CHECK(bert.held.apply(second, anna.author, bert.judge).error().code == ErrorCode::missing_parent);
  CHECK(bert.document(kNote) == nullptr);
  CHECK(bert.held.apply(first, bert.author, bert.judge).error().code == ErrorCode::malformed);
  auto bad = first;
  bad.lamport = Lamport(2);
  CHECK(bert.held.apply(bad, anna.author, bert.judge).error().code == ErrorCode::bad_clock);
  bad = first;
  bad.deps = {{bert.author.device, 1}};
  bad.lamport = Lamport(2);
  CHECK(bert.held.apply(bad, anna.author, bert.judge).error().code == ErrorCode::missing_parent);
  bad = first;
  bad.ops.push_back(Op{kNote, OpKind::set_remove, kTags, Bytes{1}});
  CHECK(bert.held.apply(bad, anna.author, bert.judge).error().code == ErrorCode::malformed);
  CHECK(bert.document(kNote) == nullptr);
  CHECK(bert.held.causality() == Causality());
  bert.take(first, anna.author);
  bert.take(second, anna.author);
  CHECK(bert.shows(kNote) == anna.shows(kNote));
}

TEST_CASE("one's own change that comes back is a duplicate and in the log from then on") {
  Peer anna(1), bert(2);
  const auto own = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  bert.take(own, anna.author);
  const auto answer = bert.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, "more"); });
  CHECK(anna.held.apply(answer, bert.author, anna.judge).error().code == ErrorCode::missing_parent);
  CHECK(anna.take(own, anna.author).duplicate);
  anna.take(answer, bert.author);
  CHECK(anna.shows(kNote) == bert.shows(kNote));
}

TEST_CASE("a judge's refusal passes over the op alone, here and on arrival") {
  Peer anna(1), bert(2);
  const auto change = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  bert.judge = [](const Op& op, const Author&, const Document*) { return op.kind != OpKind::set_register; };
  CHECK(bert.take(change, anna.author).refused_ops == 1);
  CHECK(bert.document(kNote)->register_text(kTitle).empty());
  CHECK(bert.document(kNote)->text(kBody) == "text");
  const auto own = bert.held.edit(bert.author, WallMs(1), bert.judge,
                                  [](ChangeBuilder& builder) { return builder.set_register(kNote, kTitle, as_bytes("b")); });
  CHECK(own.error().code == ErrorCode::not_permitted);
}

TEST_CASE("a document refused altogether is not held") {
  Peer anna(1), bert(2);
  const auto change = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  bert.judge = [](const Op&, const Author&, const Document*) { return false; };
  const auto applied = bert.take(change, anna.author);
  CHECK(applied.refused_ops == 3);
  CHECK(applied.documents.empty());
  CHECK(bert.document(kNote) == nullptr);
  REQUIRE(bert.held.flush());
  CHECK(bert.shelf->load(Bytes{'d'}).value() == std::nullopt);
  CHECK(bert.held.causality().last_number(anna.author.device) == 1);
}

TEST_CASE("edits of a text in another device's name are passed over") {
  Peer anna(1), bert(2), carl(3);
  const auto real = anna.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, "hers"); });
  auto forged = bert.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, "his"); });
  text::Document in_her_name;
  REQUIRE(in_her_name.insert(anna.author.device, 0, "not hers"));
  forged.ops[0].payload = in_her_name.encode_since({});
  CHECK(carl.take(forged, bert.author).refused_ops == 1);
  CHECK(carl.document(kNote) == nullptr);
  CHECK(carl.take(real, anna.author).refused_ops == 0);
  CHECK(carl.document(kNote)->text(kBody) == "hers");
}

TEST_CASE("a removal that names additions outside its past is passed over") {
  Peer anna(1), bert(2);
  const auto added = anna.edit([](ChangeBuilder& builder) { return builder.add_to_set(kNote, kTags, as_bytes("t")); });
  Change guess{bert.author.device, 1, Lamport(1), {}, WallMs(0), {make_set_remove(kNote, kTags, {{added.id(), 0}})}};
  CHECK(anna.take(guess, bert.author).refused_ops == 1);
  CHECK(anna.document(kNote)->set_values(kTags).size() == 1);
}

TEST_CASE("ops of unknown kinds are kept with the document and passed on") {
  Peer anna(1), bert(2);
  auto change = anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  change.ops.push_back(Op{kNote, static_cast<OpKind>(500), FieldId(4), Bytes{9, 9, 9}});
  const auto sent = decode_changes(encode_changes(std::vector<Change>{change}));
  REQUIRE(sent);
  bert.take(sent->front(), anna.author);
  CHECK(bert.document(kNote)->unknown_op_count() == 1);
  const auto back = Document::decode(bert.document(kNote)->encode());
  REQUIRE(back);
  CHECK(back->unknown_op_count() == 1);
  CHECK(back->encode() == bert.document(kNote)->encode());
}

TEST_CASE("only what was touched is saved, and the rest is read again when wanted") {
  ReplicaOptions options;
  options.open_documents_max = 4;
  options.summarise = [](const Document& document) { return to_bytes(as_bytes(document.register_text(kTitle))); };
  Peer anna(1, options);
  for (std::uint8_t i = 0; i < 40; ++i)
    anna.edit([i](ChangeBuilder& builder) -> Status {
      MUISTIO_CHECK(builder.create(id_of<DocumentId>(i), kType));
      MUISTIO_CHECK(builder.set_register(id_of<DocumentId>(i), kTitle, as_bytes("title " + std::to_string(i))));
      return builder.append_text(id_of<DocumentId>(i), kBody, "body");
    });
  REQUIRE(anna.held.flush());
  CHECK(anna.held.open_documents() <= 4);
  const auto rows = anna.shelf->rows();
  anna.edit([](ChangeBuilder& builder) { return builder.append_text(id_of<DocumentId>(7), kBody, "!"); });
  REQUIRE(anna.held.flush());
  std::size_t changed = 0;
  for (const auto& [key, value] : anna.shelf->rows()) {
    const auto before = rows.find(key);
    changed += before == rows.end() || before->second != value ? 1 : 0;
  }
  CHECK(changed == 3);  // the document, the head and one block of clocks
  std::size_t listed = 0;
  REQUIRE(anna.held.for_each_summary([&](const DocumentId& id, BytesView summary) -> Status {
    CHECK(as_text(summary) == "title " + std::to_string(id.array()[0]));
    ++listed;
    return ok();
  }));
  CHECK(listed == 40);
  auto again = Replica::open(*anna.shelf, options);
  REQUIRE(again);
  CHECK(again->causality() == anna.held.causality());
  for (std::uint8_t i = 0; i < 40; ++i)
    CHECK(shown(again->document(id_of<DocumentId>(i)).value().get()) == anna.shows(id_of<DocumentId>(i)));
}

TEST_CASE("after a rollback the replica is what the shelf holds") {
  Peer anna(1);
  anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  REQUIRE(anna.held.flush());
  const auto saved = anna.shows(kNote);
  const auto kept = anna.document(kNote);
  anna.edit([](ChangeBuilder& builder) { return builder.append_text(kNote, kBody, " lost"); });
  CHECK(shown(kept.get()) == saved);
  REQUIRE(anna.held.reload());
  CHECK(anna.shows(kNote) == saved);
  CHECK(anna.held.causality().change_count() == 1);
}

TEST_CASE("a damaged shelf is named as such") {
  Peer anna(1);
  anna.edit([](ChangeBuilder& builder) { return write_note(builder, "a", "text"); });
  REQUIRE(anna.held.flush());
  for (const auto& [key, value] : std::map<Bytes, Bytes>(anna.shelf->rows())) {
    REQUIRE(anna.shelf->save(key, BytesView(value).first(value.size() - 1)));
    auto opened = Replica::open(*anna.shelf);
    if (key[0] == 'd') {
      REQUIRE(opened);
      CHECK(opened->document(kNote).error().code == ErrorCode::corrupt);
    } else {
      CHECK(opened.error().code == ErrorCode::corrupt);
    }
    REQUIRE(anna.shelf->save(key, value));
  }
}

TEST_CASE("the worked example of a document is what the code writes") {
  Document document(kNote);
  const Author anna{id_of<MemberId>(0xaa), id_of<DeviceId>(0xa1), Role::member};
  const OpContext context{anna, {{anna.device, 1}, 0}, Lamport(1), WallMs(1'700'000'000'000)};
  REQUIRE(document.merge(make_create(kNote, DocumentType(3)), context));
  REQUIRE(document.merge(make_set_register(kNote, FieldId(0x301), as_bytes("Kokous")), context));
  CHECK(to_hex(document.encode()) == to_hex(format_example("replica-document")));
  REQUIRE(document.merge(make_take_back_document(kNote), context));
  CHECK(to_hex(document.encode()) == to_hex(format_example("replica-taken-back")));
}
