import {
  createSignature,
  isSignatureError,
  type RequestDescriptor,
  verifySignature,
} from 'http-message-sig';
import { toBase64 } from '../base64.ts';
import { importHmacKey, type SigningKeys } from './keys.ts';

/** How long a signed request is good for, in seconds; also the time a receiver must remember nonces. */
export const SIGNATURE_LIFETIME_SECONDS = 60;

const ALGORITHM = 'hmac-sha256';
const LABEL = 'waypost';

/** Headers that both directions sign. Absent ones are signed as the empty string, so that none can be added later. */
export const SIGNED_HEADERS = {
  audience: 'waypost-audience',
  session: 'waypost-session',
  epoch: 'waypost-epoch',
  commandId: 'waypost-command-id',
} as const;

const SIGNED = ['content-digest', ...Object.values(SIGNED_HEADERS)];
const COMPONENTS = ['@method', '@path', '@query', ...SIGNED];

/** What a signed request says about itself beside its body. `audience` is `runnerId/bootId`, or `edge`. */
export type SignedContext = {
  audience: string;
  session?: string;
  epoch?: number;
  commandId: string;
};

export type SignRequestInput = SignedContext & {
  method: 'GET' | 'POST';
  url: string;
  body: string;
  keys: SigningKeys;
  /** Unix seconds; the clock by default. */
  now?: number;
  headers?: Record<string, string>;
};

/** What the library is told of a request: to copy a whole `Request` for it would cost as much as the signature. */
function messageOf(
  { method, url, headers }: { method: string; url: string; headers: Headers },
  names: readonly string[],
): RequestDescriptor {
  const fields = names.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [{ name, value }];
  });
  return { kind: 'request', method, targetUri: url, fields };
}

async function contentDigest(body: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body));
  return `sha-256=:${toBase64(new Uint8Array(digest))}:`;
}

/**
 * Builds a request signed by RFC 9421 with an RFC 9530 digest, in Waypost's one fixed profile: HMAC-SHA-256 over method,
 * path, query, content digest, audience, session, epoch and command id, good for 60 s, with a fresh nonce.
 */
export async function signRequest(input: SignRequestInput): Promise<Request> {
  const [key] = input.keys;
  if (key === undefined) throw new Error('no signing key');
  const now = input.now ?? Math.floor(Date.now() / 1000);
  const url = new URL(input.url).href;
  const headers = new Headers({
    ...input.headers,
    'content-type': 'application/json',
    'content-digest': await contentDigest(input.body),
    [SIGNED_HEADERS.audience]: input.audience,
    [SIGNED_HEADERS.session]: input.session ?? '-',
    [SIGNED_HEADERS.epoch]: input.epoch === undefined ? '-' : String(input.epoch),
    [SIGNED_HEADERS.commandId]: input.commandId,
  });
  const hmac = await importHmacKey(key.secret, 'sign');
  const fields = await createSignature(messageOf({ method: input.method, url, headers }, SIGNED), {
    label: LABEL,
    components: COMPONENTS,
    parameters: {
      created: now,
      expires: now + SIGNATURE_LIFETIME_SECONDS,
      nonce: crypto.randomUUID(),
      alg: ALGORITHM,
      keyid: key.id,
    },
    signer: {
      algorithm: ALGORITHM,
      sign: async (data) =>
        new Uint8Array(await crypto.subtle.sign('HMAC', hmac, data as Uint8Array<ArrayBuffer>)),
    },
  });
  headers.set('signature', fields.signature);
  headers.set('signature-input', fields.signatureInput);
  return new Request(url, {
    method: input.method,
    headers,
    ...(input.method === 'POST' ? { body: input.body } : {}),
  });
}

export type SignatureRejection =
  | 'missing'
  | 'unknown_key'
  | 'expired'
  | 'bad_signature'
  | 'bad_digest'
  | 'wrong_audience'
  | 'replayed';

export type VerifiedRequest = SignedContext & { nonce: string; keyId: string };

export type VerifyRequestInput = {
  request: { method: string; url: string; headers: Headers };
  body: string;
  keys: SigningKeys;
  audience: string;
  /** Remembers a nonce for as long as its signature is good; false when it was seen before. */
  rememberNonce: (nonce: string, expiresAtSeconds: number) => boolean | Promise<boolean>;
  now?: number;
};

/**
 * Verifies what `signRequest` made. Cheap checks come first, and the nonce is remembered last, so that a forged
 * request can neither cost much nor burn an honest one's nonce.
 */
export async function verifyRequest(
  input: VerifyRequestInput,
): Promise<{ ok: true; request: VerifiedRequest } | { ok: false; reason: SignatureRejection }> {
  const { headers } = input.request;
  if (!headers.has('signature') || !headers.has('signature-input'))
    return { ok: false, reason: 'missing' };
  if (headers.get(SIGNED_HEADERS.audience) !== input.audience)
    return { ok: false, reason: 'wrong_audience' };
  if (headers.get('content-digest') !== (await contentDigest(input.body)))
    return { ok: false, reason: 'bad_digest' };

  const now = input.now ?? Math.floor(Date.now() / 1000);
  let rejection: SignatureRejection = 'bad_signature';
  try {
    const verified = await verifySignature(
      messageOf(input.request, [...SIGNED, 'signature', 'signature-input']),
      {
        label: LABEL,
        policy: {
          algorithms: [ALGORITHM],
          requiredComponents: COMPONENTS,
          requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'alg'],
          maxAge: SIGNATURE_LIFETIME_SECONDS,
          clockSkew: SIGNATURE_LIFETIME_SECONDS,
          now,
        },
        resolveVerifier: async (candidate) => {
          const key = input.keys.find((known) => known.id === candidate.parameters.keyid);
          if (key === undefined) {
            rejection = 'unknown_key';
            throw new Error('unknown key id');
          }
          const hmac = await importHmacKey(key.secret, 'verify');
          return {
            algorithm: ALGORITHM,
            verify: (data, signature) =>
              crypto.subtle.verify(
                'HMAC',
                hmac,
                signature as Uint8Array<ArrayBuffer>,
                data as Uint8Array<ArrayBuffer>,
              ),
          };
        },
      },
    );
    const { nonce, expires, keyid } = verified.parameters;
    if (nonce === undefined || expires === undefined || keyid === undefined)
      return { ok: false, reason: 'missing' };
    if (expires <= now) return { ok: false, reason: 'expired' };
    if (!(await input.rememberNonce(nonce, expires))) return { ok: false, reason: 'replayed' };
    return { ok: true, request: { ...readContext(headers), nonce, keyId: keyid } };
  } catch (error) {
    if (!isSignatureError(error)) throw error;
    if (error.code === 'PolicyViolation') return { ok: false, reason: 'expired' };
    return { ok: false, reason: rejection };
  }
}

function readContext(headers: Headers): SignedContext {
  const session = headers.get(SIGNED_HEADERS.session) ?? '-';
  const epoch = headers.get(SIGNED_HEADERS.epoch) ?? '-';
  return {
    audience: headers.get(SIGNED_HEADERS.audience) ?? '',
    commandId: headers.get(SIGNED_HEADERS.commandId) ?? '',
    ...(session === '-' ? {} : { session }),
    ...(epoch === '-' ? {} : { epoch: Number(epoch) }),
  };
}
