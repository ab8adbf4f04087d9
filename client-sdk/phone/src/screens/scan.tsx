// The camera, until a QR code is in it.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words.js";

export function Scanner({ onFound, onCancel, trouble }: { onFound: (text: string) => void; onCancel: () => void; trouble: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [denied, setDenied] = useState(false);
  useEffect(() => {
    let stream: MediaStream | null = null;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;
    void (async () => {
      try {
        const [{ default: decode }, opened] = await Promise.all([
          import("jsqr"),
          navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false }),
        ]);
        stream = opened;
        if (over || !video.current) return stream.getTracks().forEach((track) => track.stop());
        video.current.srcObject = stream;
        await video.current.play();
        const canvas = document.createElement("canvas");
        const pixels = canvas.getContext("2d", { willReadFrequently: true });
        let last = "";
        timer = setInterval(() => {
          const from = video.current;
          if (!from || !pixels || from.videoWidth === 0) return;
          canvas.width = from.videoWidth;
          canvas.height = from.videoHeight;
          pixels.drawImage(from, 0, 0);
          const image = pixels.getImageData(0, 0, canvas.width, canvas.height);
          const found = decode(image.data, image.width, image.height, { inversionAttempts: "dontInvert" });
          if (!found || found.data === last) return;
          last = found.data;
          onFound(found.data);
        }, 250);
      } catch {
        setDenied(true);
      }
    })();
    return () => {
      over = true;
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <main class="centre wide">
      <h1>{t("common.scan")}</h1>
      {denied ? <p role="alert">{t("phone.scan.denied")}</p> : <p>{t("phone.scan.point")}</p>}
      {!denied && <video ref={video} class="camera" playsInline muted />}
      {trouble && <p class="trouble" role="alert">{trouble}</p>}
      <button class="button second" onClick={onCancel}>{t("common.cancel")}</button>
    </main>
  );
}
