// Locked: the PIN or the passkey, and a quick note that needs neither.
import type { LockState } from "@muistio/web";
import { useEffect, useRef, useState } from "preact/hooks";
import { Action } from "../parts.js";
import { client, lastClub, say } from "../model.js";
import { askPasskey } from "../passkey.js";
import { explain, t } from "../words.js";

export function LockScreen({ onOpen }: { onOpen: (kept: number) => Promise<void> }) {
  const [state, setState] = useState<LockState | null>(null);
  const [pin, setPin] = useState("");
  const [trouble, setTrouble] = useState("");
  const [writes, setWrites] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const paper = useRef<HTMLTextAreaElement>(null);
  useEffect(() => void client.lockState().then(setState), []);
  useEffect(() => (writes ? paper.current : field.current)?.focus(), [state, writes]);

  const open = async (unlock: () => Promise<Parameters<typeof client.open>[0] | null>): Promise<void> => {
    setTrouble("");
    try {
      const given = await unlock();
      if (given) await onOpen(await client.open(given));
    } catch (error) {
      setPin("");
      setTrouble((error as { code?: string }).code === "wrong_key" ? t("phone.lock.wrong") : explain(error));
    }
  };
  const keep = async (): Promise<void> => {
    const body = paper.current?.value.trim() ?? "";
    if (body !== "") {
      await client.drop({ club: lastClub(), title: body.split("\n")[0]?.slice(0, 60) ?? "", body });
      say(t("phone.lock.kept"));
    }
    setWrites(false);
  };
  if (writes)
    return (
      <main class="centre wide">
        <h1>{t("lock.quick_note")}</h1>
        <p class="quiet">{t("lock.quick_note_explain")}</p>
        <textarea ref={paper} class="paper short" aria-label={t("note.text")} placeholder={t("phone.home.locked_note")} />
        <div class="stack">
          <Action onClick={keep}>{t("common.save")}</Action>
          <button class="button plain" onClick={() => setWrites(false)}>{t("common.cancel")}</button>
        </div>
      </main>
    );
  return (
    <main class="centre wide">
      <img class="logo" src="/icon.svg" alt="" width="72" height="72" />
      <h1>{t("lock.locked")}</h1>
      {state?.kind === "pin" && (
        <form class="stack" onSubmit={(event) => event.preventDefault()}>
          <label class="field">
            <span>{t("phone.lock.pin")}</span>
            <input ref={field} type="password" inputMode="numeric" autocomplete="off" value={pin} onInput={(event) => setPin(event.currentTarget.value)} />
          </label>
          <Action disabled={pin === ""} onClick={() => open(async () => ({ kind: "pin", pin }))}>{t("lock.unlock")}</Action>
        </form>
      )}
      {state?.kind === "passkey" && (
        <Action onClick={() => open(async () => {
          const secret = await askPasskey(state.credential ?? "");
          return secret && { kind: "passkey", secret };
        })}>{t("phone.lock.passkey")}</Action>
      )}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
      {lastClub() !== "" && <button class="button second" onClick={() => setWrites(true)}>{t("lock.quick_note")}</button>}
    </main>
  );
}
