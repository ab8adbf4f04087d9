// On an iPhone before the app is installed: only how. No identity is made, as the browser would lose it.
import { useState } from "preact/hooks";
import { t } from "../words.js";

export function InstallScreen() {
  const [copied, setCopied] = useState(false);
  const isInvited = location.hash.length > 1;
  return (
    <main class="centre wide">
      <img class="logo" src="/icon.svg" alt="" width="72" height="72" />
      <h1>{t("phone.install.title")}</h1>
      <p>{t("phone.install.why")}</p>
      <ol class="steps">
        <li>{t("phone.install.step1")}</li>
        <li>{t("phone.install.step2")}</li>
        <li>{t("phone.install.step3")}</li>
      </ol>
      {isInvited && (
        <button class="button" onClick={() => void navigator.clipboard.writeText(location.href).then(() => setCopied(true))}>{t("phone.install.copy")}</button>
      )}
      <p role="status">{copied ? t("phone.install.copied") : ""}</p>
    </main>
  );
}
