/* A club and a note by the C interface. docs/sdk.md shows this file; the tests run it. */
#include <muistio/c/muistio.h>
#include <stdio.h>

static muistio_answer* answer_of(muistio_status begun, muistio_call** call) {
  muistio_answer* answer = NULL; /* belongs to the call, which goes with the process */
  if (begun == MUISTIO_OK) begun = muistio_call_wait(*call, MUISTIO_FOREVER, &answer);
  if (begun != MUISTIO_OK) fprintf(stderr, "%s\n", muistio_status_sentence(begun));
  return begun == MUISTIO_OK ? answer : NULL;
}

int main(int argc, char** argv) {
  muistio_open_options options = {.size = sizeof options, .home = argc > 1 ? argv[1] : "home", .create = true};
  muistio_client* client;
  if (muistio_client_open(&options, &client, NULL) != MUISTIO_OK) return 1;
  muistio_call* call;
  muistio_id club;
  if (!answer_of(muistio_home_init(client, "Anna Virtanen", "", "", NULL, NULL, &call), &call)) return 1;
  muistio_answer* made = answer_of(muistio_club_create(client, "Klubi", MUISTIO_HISTORY_JOINING, NULL, NULL, &call), &call);
  if (muistio_answer_id(made, 0, &club) != MUISTIO_OK) return 1;
  muistio_new_note note = {.size = sizeof note, .club = club, .title = "Muistio", .text = "# Tapaaminen\n", .text_bytes = 13};
  if (!answer_of(muistio_note_add(client, &note, NULL, NULL, &call), &call)) return 1;
  return muistio_client_close(client) == MUISTIO_OK ? 0 : 1;
}
