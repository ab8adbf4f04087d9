// Where the app begins: which of its faces shows, and what lies over all of them.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { client, isInstalled, isIphone, redraw, route, say, setting, toast } from "./model.js";
import { ClubScreen } from "./screens/club.js";
import { ClubsScreen } from "./screens/clubs.js";
import { InstallScreen } from "./screens/install.js";
import { InviteScreen } from "./screens/invite.js";
import { LockScreen } from "./screens/lock.js";
import { MeetingScreen, NewMeetingScreen } from "./screens/meetings.js";
import { NewNoteScreen, NoteScreen } from "./screens/note.js";
import { RecoveryScreen } from "./screens/recovery.js";
import { SearchScreen } from "./screens/search.js";
import { SettingsScreen } from "./screens/settings.js";
import { StartScreen } from "./screens/start.js";
import { explain, type Language, setLanguage, t } from "./words.js";

type Face = "loading" | "old" | "install" | "locked" | "start" | "home" | "taken" | "broken";

function Screens() {
  const at = route.use();
  switch (at.at) {
    case "clubs": return <ClubsScreen />;
    case "club": return <ClubScreen id={at.club} tab={at.tab} />;
    case "note": return <NoteScreen id={at.note} club={at.club} key={at.note} />;
    case "new": return <NewNoteScreen club={at.club} isPrivate={at.private} />;
    case "meeting": return <MeetingScreen id={at.meeting} club={at.club} key={at.meeting} />;
    case "new-meeting": return <NewMeetingScreen club={at.club} />;
    case "search": return <SearchScreen />;
    case "invite": return <InviteScreen club={at.club} />;
    case "settings": return <SettingsScreen />;
    case "recovery": return <RecoveryScreen />;
  }
}

/** Nobody types a PIN in the middle of a meeting. */
async function lockUnlessMeeting(lock: () => void): Promise<void> {
  if ((await client.lockState()).kind === "device") return;
  const quarter = 900_000;
  for (const club of await client.clubs()) {
    const meetings = club.standing === "open" && !club.personal ? await client.meetings(club.id).catch(() => []) : [];
    if (meetings.some((meeting) => !meeting.cancelled && meeting.at !== 0 && meeting.at - quarter < Date.now() && Date.now() < meeting.ends + quarter)) return;
  }
  lock();
}

function Toast() {
  const text = toast.use();
  return <div class="toast-place" role="status" aria-live="polite">{text && <p class="toast">{text}</p>}</div>;
}

function App() {
  const [face, setFace] = useState<Face>("loading");
  const [trouble, setTrouble] = useState("");
  redraw.use();

  const enter = async (): Promise<void> => {
    const about = await client.about();
    if (!about.initialised) return setFace("start");
    if (about.server !== "") await client.startLive();
    setFace("home");
    // Asked for after the first note is there: browsers grant it to who uses the app.
    void navigator.storage.persist?.().then((kept) => setting.set("storage-kept", kept ? "yes" : "no"));
  };
  const open = async (): Promise<void> => {
    try {
      const state = await client.lockState();
      if (state.exists && state.kind !== "device") return setFace("locked");
      await client.open();
      await enter();
    } catch (error) {
      setTrouble(explain(error));
      setFace("broken");
    }
  };
  useEffect(() => {
    if (!("getDirectory" in (navigator.storage ?? {})) || !("locks" in navigator) || typeof FileSystemFileHandle === "undefined") return setFace("old");
    if (isIphone && !isInstalled) return setFace("install");
    void open();
    client.taken.subscribe(() => setFace("taken"));
    const lock = (): void => {
      void client.close().then(() => setFace("locked"));
    };
    addEventListener("app-lock", lock);
    // Hidden for five minutes: the home locks itself, if it has a lock.
    let hidden: ReturnType<typeof setTimeout> | undefined;
    const seen = (): void => {
      clearTimeout(hidden);
      if (document.visibilityState === "hidden")
        hidden = setTimeout(() => void lockUnlessMeeting(lock), 300_000);
    };
    document.addEventListener("visibilitychange", seen);
    const leaving = (event: BeforeUnloadEvent): void => {
      if ((client.live.current?.unsent ?? 0) > 0) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => {
      removeEventListener("app-lock", lock);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("beforeunload", leaving);
    };
  }, []);

  const body = () => {
    switch (face) {
      case "loading": return <main class="centre" aria-busy="true"><p class="quiet">{t("common.loading")}</p></main>;
      case "old": return <main class="centre"><h1>{t("phone.app")}</h1><p>{t("phone.start.other_browser")}</p></main>;
      case "install": return <InstallScreen />;
      case "locked": return <LockScreen onOpen={(kept) => { if (kept > 0) say(t("common.done")); return enter(); }} />;
      case "start": return <StartScreen onDone={enter} />;
      case "taken": return (
        <main class="centre">
          <h1>{t("phone.taken.title")}</h1>
          <button class="button" onClick={() => location.reload()}>{t("phone.taken.here")}</button>
        </main>
      );
      case "broken": return (
        <main class="centre">
          <h1>{t("phone.app")}</h1>
          <p role="alert">{trouble}</p>
          <button class="button" onClick={() => location.reload()}>{t("common.again")}</button>
        </main>
      );
      case "home": return <Screens />;
    }
  };
  return <>{body()}<Toast /></>;
}

// For the bench and for whoever looks: the same client as the screens'.
(globalThis as { muistio?: unknown }).muistio = {
  client,
  show: (language: Language) => {
    setLanguage(language);
    redraw.set(redraw.value + 1);
  },
};
render(<App />, document.getElementById("app") as HTMLElement);
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
addEventListener("unhandledrejection", (event) => {
  say(explain(event.reason));
  event.preventDefault();
});
