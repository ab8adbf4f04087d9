// Language, lock, the 24 words, and what is true of the storage.
import type { About, LockState } from "@muistio/web";
import { useEffect, useState } from "preact/hooks";
import { Action, Header } from "../parts.js";
import { client, go, redraw, say, setting } from "../model.js";
import { makePasskey } from "../passkey.js";
import { currentLanguage, explain, type Language, languages, setLanguage, t } from "../words.js";

function Lock() {
  const [state, setState] = useState<LockState | null>(null);
  const [chooses, setChooses] = useState(false);
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [trouble, setTrouble] = useState("");
  const look = (): Promise<void> => client.lockState().then(setState);
  useEffect(() => void look(), []);
  const set = async (work: () => Promise<void>): Promise<void> => {
    setTrouble("");
    try {
      await work();
      setChooses(false);
      setPin("");
      setAgain("");
      await look();
    } catch (error) {
      setTrouble(explain(error));
    }
  };
  const setPinLock = (): Promise<void> => {
    if (pin.length < 6) return Promise.resolve(setTrouble(t("phone.lock.pin_short")));
    if (pin !== again) return Promise.resolve(setTrouble(t("phone.lock.pin_differs")));
    return set(() => client.lockWith({ kind: "pin", pin }));
  };
  const setPasskeyLock = (): Promise<void> =>
    set(async () => {
      const made = await makePasskey((await client.about()).name ?? "");
      if (!made) return say(t("phone.lock.no_passkey"));
      await client.lockWith({ kind: "passkey", secret: made.secret }, made.credential);
    });
  return (
    <section>
      <h2>{t("phone.lock.title")}</h2>
      {state && <p>{state.kind === "pin" ? t("phone.lock.pin") : state.kind === "passkey" ? t("phone.lock.set_passkey") : t("phone.lock.none")}</p>}
      {chooses ? (
        <form class="stack" onSubmit={(event) => event.preventDefault()}>
          <label class="field"><span>{t("phone.lock.pin_choose")}</span>
            <input type="password" inputMode="numeric" autocomplete="new-password" value={pin} onInput={(event) => setPin(event.currentTarget.value)} /></label>
          <label class="field"><span>{t("phone.lock.pin_repeat")}</span>
            <input type="password" inputMode="numeric" autocomplete="new-password" value={again} onInput={(event) => setAgain(event.currentTarget.value)} /></label>
          <Action onClick={setPinLock}>{t("common.save")}</Action>
          <button class="button plain" onClick={() => setChooses(false)}>{t("common.cancel")}</button>
        </form>
      ) : (
        <div class="row wrap">
          {state?.kind === "device"
            ? <>
                <button class="button second" onClick={() => setChooses(true)}>{t("phone.lock.set_pin")}</button>
                <Action class="second" onClick={setPasskeyLock}>{t("phone.lock.set_passkey")}</Action>
              </>
            : <>
                <button class="button second" onClick={() => dispatchEvent(new Event("app-lock"))}>{t("phone.lock.now")}</button>
                <Action class="plain" onClick={() => set(() => client.lockWith({ kind: "device" }))}>{t("phone.lock.remove")}</Action>
              </>}
        </div>
      )}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
    </section>
  );
}

export function SettingsScreen() {
  const [about, setAbout] = useState<About | null>(null);
  useEffect(() => void client.about().then(setAbout), []);
  const [, draw] = useState(0);
  return (
    <div class="screen">
      <Header title={t("nav.settings")} />
      <main class="sections">
        <section>
          <h2 id="language">{t("settings.language")}</h2>
          <div class="choice" role="radiogroup" aria-labelledby="language">
            {languages.map((language: Language) => (
              <label key={language} lang={language}>
                <input type="radio" name="language" checked={currentLanguage() === language} onChange={() => { setLanguage(language); draw((count) => count + 1); redraw.set(redraw.value + 1); }} />
                <span>{t(`language.${language}`)}</span>
              </label>
            ))}
          </div>
        </section>
        <Lock />
        <section>
          <h2>{t("recovery.title")}</h2>
          <p>{t("recovery.explain")}</p>
          <div class="row"><button class="button second" onClick={() => go({ at: "recovery" })}>{t("phone.recovery.show")}</button></div>
        </section>
        <section>
          <h2>{t("settings.storage")}</h2>
          <p>{setting.get("storage-kept") === "yes" ? t("phone.storage.kept") : t("phone.storage.refused")}</p>
          <p class="quiet">{t("phone.sync.closing")}</p>
        </section>
        {about && (
          <section>
            <h2>{t("settings.about")}</h2>
            <dl>
              <dt>{t("settings.name")}</dt><dd>{about.name}</dd>
              {about.server && <><dt>{t("settings.server")}</dt><dd>{about.server.replace("wss://", "")}<br /><small>{t("settings.server_explain")}</small></dd></>}
            </dl>
          </section>
        )}
      </main>
    </div>
  );
}
