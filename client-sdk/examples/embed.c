/* Two clients by the C interface, C99: Kaisa makes a club and invites Anna, whose note Kaisa sees as it comes.
 *
 *     embed-c FOLDER wss://HOST:PORT CA.pem
 *
 * FOLDER gets two homes. The tests compile and run it against a real muistiod. */
#include <muistio/c/muistio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the program if something was not done: an app would tell its user instead. */
static void require(muistio_status status, const char* what) {
  if (status == MUISTIO_OK) return;
  fprintf(stderr, "%s: %s (%s)\n", what, muistio_status_sentence(status), muistio_status_name(status));
  exit(1);
}

/* Waits for a call, and gives an answer to be released. */
static muistio_answer* wait_for(muistio_status begun, muistio_call** call, const char* what) {
  muistio_answer *answer, *kept;
  require(begun, what);
  require(muistio_call_wait(*call, MUISTIO_FOREVER, &answer), what);
  require(muistio_answer_retain(answer, &kept), what);
  require(muistio_call_release(*call), what);
  return kept;
}

static muistio_id id_in(muistio_answer* answer) {
  muistio_id id;
  require(muistio_answer_id(answer, 0, &id), "an id");
  muistio_answer_release(answer);
  return id;
}

static muistio_client* open_home(const char* folder, const char* name) {
  char home[512];
  muistio_open_options options;
  muistio_client* client;
  snprintf(home, sizeof home, "%s/%s", folder, name);
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.home = home;
  options.create = true;
  require(muistio_client_open(&options, &client, NULL), "opening a home");
  return client;
}

static void sync_now(muistio_client* client, const char* who) {
  const muistio_sync_report* report;
  muistio_call* call;
  muistio_answer* answer = wait_for(muistio_sync(client, NULL, NULL, NULL, NULL, &call), &call, "a sync");
  require(muistio_answer_sync_report(answer, 0, &report), "a report");
  printf("%s: %s\n", who,
         report->end == MUISTIO_SYNC_DONE ? "in step"
         : report->error_message[0]       ? report->error_message
                                          : "waiting");
  muistio_answer_release(answer);
}

/* On the client's thread, whenever the notes are others. */
static void show_notes(void* user, muistio_answer* notes) {
  const muistio_note* note;
  size_t i;
  for (i = 0; muistio_answer_note(notes, i, &note) == MUISTIO_OK; ++i)
    printf("%s sees: %s, %d bytes by %s\n", (const char*)user, note->title, (int)note->bytes, note->author);
}

static char* read_file(const char* path) {
  FILE* file = fopen(path, "rb");
  char* text = calloc(1, 65536);
  if (file == NULL || text == NULL || fread(text, 1, 65535, file) == 0) exit(1);
  fclose(file);
  return text;
}

int main(int argc, char** argv) {
  muistio_client *kaisa, *anna;
  muistio_call* call;
  muistio_answer* answer;
  muistio_observation* watching;
  muistio_new_invitation wanted;
  muistio_new_note note;
  const muistio_invitation* invitation;
  muistio_id club;
  char* authorities;
  if (argc != 4) return 2;
  authorities = read_file(argv[3]);
  kaisa = open_home(argv[1], "kaisa");
  anna = open_home(argv[1], "anna");

  muistio_answer_release(wait_for(muistio_home_init(kaisa, "Kaisa", argv[2], authorities, NULL, NULL, &call), &call, "init"));
  club = id_in(
      wait_for(muistio_club_create(kaisa, "Verkkokauppiasklubi", MUISTIO_HISTORY_JOINING, NULL, NULL, &call), &call, "a club"));
  memset(&wanted, 0, sizeof wanted);
  wanted.size = sizeof wanted;
  wanted.club = club;
  answer = wait_for(muistio_invitation_create(kaisa, &wanted, NULL, NULL, &call), &call, "inviting");
  require(muistio_answer_invitation(answer, 0, &invitation), "an invitation");
  sync_now(kaisa, "Kaisa");
  muistio_answer_release(wait_for(muistio_join(anna, invitation->link, "Anna", authorities, NULL, NULL, &call), &call, "joining"));
  muistio_answer_release(answer);
  sync_now(anna, "Anna");   /* asks to join */
  sync_now(kaisa, "Kaisa"); /* admits */
  sync_now(anna, "Anna");   /* brings the club */

  memset(&note, 0, sizeof note);
  note.size = sizeof note;
  note.club = club;
  note.title = "Muistio";
  note.text = "Seuraava kerta 12.12.\n";
  note.text_bytes = strlen(note.text);
  id_in(wait_for(muistio_note_add(anna, &note, NULL, NULL, &call), &call, "a note"));
  require(muistio_observe_notes(kaisa, club, show_notes, (void*)"Kaisa", NULL, &watching), "observing");
  sync_now(anna, "Anna");
  sync_now(kaisa, "Kaisa"); /* show_notes is called before this is over */

  require(muistio_observation_release(watching), "letting go");
  require(muistio_client_close(anna), "closing");
  require(muistio_client_close(kaisa), "closing");
  free(authorities);
  printf("%d handles left\n", (int)muistio_live_handles());
  return 0;
}
