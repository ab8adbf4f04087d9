// An invitation, as a QR code to be shown and as a link to be sent.
import type { Invitation } from "@muistio/web";
import { useEffect, useState } from "preact/hooks";
import qrcode from "qrcode-generator";
import { Action, Header } from "../parts.js";
import { client, say } from "../model.js";
import { explain, t } from "../words.js";

export function Qr({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; ++row) for (let column = 0; column < count; ++column) if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
  return (
    <svg class="qr" viewBox={`-4 -4 ${count + 8} ${count + 8}`} role="img" aria-label={label}>
      <rect x="-4" y="-4" width={count + 8} height={count + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

export function InviteScreen({ club }: { club: string }) {
  const [made, setMade] = useState<Invitation | null>(null);
  const [trouble, setTrouble] = useState("");
  const make = async (): Promise<void> => {
    try {
      setMade(await client.invite(club));
    } catch (error) {
      setTrouble(explain(error));
    }
  };
  useEffect(() => void make(), [club]);
  const share = async (): Promise<void> => {
    if (!made) return;
    if (navigator.share) return navigator.share({ url: made.link }).catch(() => undefined);
    await navigator.clipboard.writeText(made.link);
    say(t("phone.invite.copied"));
  };
  return (
    <div class="screen">
      <Header title={t("phone.invite.title")} />
      <main>
        <p>{t("admission.invite_explain")}</p>
        {trouble && <p class="trouble" role="alert">{trouble}</p>}
        {made && (
          <>
            <Qr text={made.link} label={t("phone.invite.qr")} />
            <p class="quiet">{t("admission.expires", { n: Math.round((made.expires - Date.now()) / 86_400_000) })}</p>
            <div class="stack">
              <Action onClick={share}>{t("phone.invite.share")}</Action>
              <Action class="plain" onClick={() => client.revokeInvitation(made.id).then(() => { setMade(null); say(t("admission.revoked")); })}>{t("admission.revoke")}</Action>
            </div>
          </>
        )}
        {!made && !trouble && <Action onClick={make}>{t("phone.invite.make")}</Action>}
      </main>
    </div>
  );
}
