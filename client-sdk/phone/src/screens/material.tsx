// A club's files: a photo taken now, or whatever the phone has; seen, saved, taken back.
import type { Club, Material } from "@muistio/web";
import { useEffect, useState } from "preact/hooks";
import { Action, Ask } from "../parts.js";
import { client, say, useObserved } from "../model.js";
import { explain, t, when } from "../words.js";

const size = (bytes: number): string => t("material.size", { size: Math.max(0.1, Math.round(bytes / 100_000) / 10) });

function Picture({ material }: { material: Material }) {
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!material.present || !/^image\/(jpeg|png|webp|gif)$/.test(material.mediaType) || material.bytes > 8_000_000) return;
    let made = "";
    let over = false;
    void client.getMaterial(material.id).then((bytes) => {
      if (over) return;
      made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: material.mediaType }));
      setUrl(made);
    }).catch(() => undefined);
    return () => {
      over = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [material.id, material.present]);
  return url ? <img class="picture" src={url} alt={material.title} /> : null;
}

/** How far a file got: never more than is known. */
function HowFar({ material }: { material: Material }) {
  const reach = useObserved(() => client.observeReach(material.id), `reach-${material.id}`);
  if (!reach || !reach.sent || reach.devices < 2) return null;
  return <small>{reach.have >= reach.devices ? t("sync.everyone_has") : t("sync.phones_have", { n: reach.devices, done: reach.have })}</small>;
}

export function Materials({ club }: { club: Club }) {
  const all = useObserved(() => client.observeMaterial(club.id), `material-${club.id}`);
  const [asked, setAsked] = useState<Material | null>(null);
  const share = async (input: HTMLInputElement): Promise<void> => {
    for (const file of [...(input.files ?? [])]) await client.addMaterial(club.id, file.name || "photo.jpg", new Uint8Array(await file.arrayBuffer())).catch((error: unknown) => say(explain(error)));
    input.value = "";
  };
  const save = async (material: Material): Promise<void> => {
    try {
      const bytes = await client.getMaterial(material.id);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: material.mediaType }));
      link.download = material.title;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      say(explain(error));
    }
  };
  return (
    <>
      {club.standing === "open" && (
        <div class="row wrap">
          <label class="button">
            {t("phone.material.photo")}
            <input class="hidden" type="file" accept="image/*" onChange={(event) => void share(event.currentTarget)} />
          </label>
          <label class="button second">
            {t("material.add")}
            <input class="hidden" type="file" multiple onChange={(event) => void share(event.currentTarget)} />
          </label>
        </div>
      )}
      <p class="quiet">{t("material.for_club")}</p>
      {all?.length === 0 && <p class="quiet">{t("common.nothing")}</p>}
      <ul class="list">
        {[...(all ?? [])].reverse().map((material) => (
          <li key={material.id} class="item material">
            <Picture material={material} />
            <strong>{material.title}</strong>
            <small>
              {material.author} · {when(material.at)} · {size(material.bytes)}
              {!material.present && ` · ${t("material.absent")}`}
              {material.present && !material.uploaded && ` · ${t("phone.material.waiting")}`}
            </small>
            <HowFar material={material} />
            <div class="row wrap">
              {material.present && <Action class="second small" onClick={() => save(material)}>{t("phone.material.save")}</Action>}
              {club.standing === "open" && <button class="button plain small" onClick={() => setAsked(material)}>{t("common.delete")}</button>}
            </div>
          </li>
        ))}
      </ul>
      {asked && (
        <Ask danger title={asked.title} text={t("note.delete_explain")} yes={t("common.delete")} onNo={() => setAsked(null)}
          onYes={() => client.deleteMaterial(asked.id).catch((error: unknown) => say(explain(error)))} />
      )}
    </>
  );
}
