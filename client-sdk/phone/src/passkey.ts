// 32 bytes from a passkey, by WebAuthn's PRF extension. Null where the phone or the browser has none.
const salt = new TextEncoder().encode("muistio web passkey 1");
const encode = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const decode = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
interface Prf {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } };
}

export async function makePasskey(name: string): Promise<{ credential: string; secret: Uint8Array } | null> {
  try {
    const made = (await navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { name: "Klubimuistio" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [{ type: "public-key", alg: -8 }, { type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    })) as PublicKeyCredential | null;
    if (!made || !(made.getClientExtensionResults() as Prf).prf?.enabled) return null;
    const credential = encode(made.rawId);
    const secret = await askPasskey(credential);
    return secret && { credential, secret };
  } catch {
    return null;
  }
}

export async function askPasskey(credential: string): Promise<Uint8Array | null> {
  try {
    const got = (await navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: [{ type: "public-key", id: decode(credential) }],
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    })) as PublicKeyCredential | null;
    const first = (got?.getClientExtensionResults() as Prf | undefined)?.prf?.results?.first;
    return first ? new Uint8Array(first) : null;
  } catch {
    return null;
  }
}
