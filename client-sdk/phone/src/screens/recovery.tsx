// The 24 words: shown, written down, and one of them asked back.
import { useState } from "preact/hooks";
import { Action, Header } from "../parts.js";
import { back, client, say, setting } from "../model.js";
import { explain, t } from "../words.js";

export function RecoveryScreen() {
  const [words, setWords] = useState<string[] | null>(null);
  const [asked, setAsked] = useState(0);
  const [typed, setTyped] = useState("");
  const [trouble, setTrouble] = useState("");
  const later = (): void => {
    setting.set("recovery", "later");
    setting.set("recovery-at", String(Date.now() + 7 * 86_400_000));
    back();
  };
  const show = async (): Promise<void> => {
    try {
      setWords((await client.recoveryWords()).trim().split(/\s+/));
    } catch (error) {
      setTrouble(explain(error));
    }
  };
  const check = (): void => {
    if (typed.trim().toLowerCase() !== words?.[asked - 1]) return setTrouble(t("recovery.wrong"));
    setting.set("recovery", "done");
    say(t("common.done"));
    back();
  };
  return (
    <div class="screen">
      <Header title={t("recovery.title")} />
      <main>
        {!words && (
          <>
            <p>{t("recovery.explain")}</p>
            <p><strong>{t("recovery.never_share")}</strong></p>
            <div class="stack">
              <Action onClick={show}>{t("phone.recovery.show")}</Action>
              <button class="button plain" onClick={later}>{t("phone.recovery.later")}</button>
            </div>
          </>
        )}
        {words && asked === 0 && (
          <>
            <ol class="words">{words.map((word) => <li key={word}>{word}</li>)}</ol>
            <button class="button" onClick={() => setAsked(1 + (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) % 24)}>{t("recovery.written")}</button>
          </>
        )}
        {words && asked > 0 && (
          <form class="stack" onSubmit={(event) => { event.preventDefault(); check(); }}>
            <label class="field">
              <span>{t("recovery.check", { n: asked })}</span>
              <input value={typed} onInput={(event) => setTyped(event.currentTarget.value)} autocapitalize="none" autocomplete="off" spellcheck={false} />
            </label>
            <button class="button" type="submit">{t("common.confirm")}</button>
            <button class="button plain" type="button" onClick={() => { setTrouble(""); setAsked(0); }}>{t("common.back")}</button>
          </form>
        )}
        {trouble && <p class="trouble" role="alert">{trouble}</p>}
      </main>
    </div>
  );
}
